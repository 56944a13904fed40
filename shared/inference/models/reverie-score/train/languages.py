"""Words of other languages for the synthetic prompts: more for those of `phrases.LANGUAGES`, and further languages.

`noun`: words for a piece of music. `with`, `no`: how something is asked for and left out. `and`: how two things are joined.
`minor`, `major`: how a key is written. The other tables are those of `phrases.LANGUAGES`.
"""

from phrases import LANGUAGES

MORE = {
    "de": dict(
        noun="Musik|ein Stück|Hintergrundmusik|ein Lied|Instrumental", **{"with": "mit {}|und {}|{}|nur {}|für {}", "no": "ohne {}|kein {}|keine {}|bitte ohne {}|bitte kein {}|nicht mit {}|aber keine {}|{} weglassen|auf keinen Fall {}", "and": " und |, |/"},
        minor="{}-moll|in {} moll|in {}-Moll", major="{}-dur|in {} dur|in {}-Dur", tonics="c d e f g a h b es as fis cis",
        i="klaviermusik:piano|flügel:piano|e-piano:electric_piano|e-gitarre:overdrive_guitar|elektrische gitarre:overdrive_guitar|akustische gitarre:steel_guitar|konzertgitarre:nylon_guitar|verzerrte gitarre:distortion_guitar|kontrabass:acoustic_bass|blechbläser:brass|bläser:brass|horn:horn|waldhorn:horn|oboe:oboe|querflöte:flute|panflöte:pan_flute|vibraphon:vibraphone|glockenspiel:glockenspiel|synthesizer:saw_lead|synthis:saw_lead|kirchenorgel:organ|ziehharmonika:accordion|geigen:violin|celli:cello|gitarren:steel_guitar|saxofon:saxophone",
        m="entspannte:3,0|fröhliche:4,3|traurige:0,1|ruhige:3,0|düstere:0,1|dunkle:0,2|gruselige:0,2|lustige:4,3|sanfte:3,0|epische:2,4|laute:2,4|wütende:0,4|schöne:3,1|nachdenkliche:1,0|besinnliche:2,0|energiegeladene:3,4|spannende:1,3|kraftvolle:2,4|gemütliche:3,1|träumerische:3,0|motivierende:4,3|bedrohliche:0,3|unheimliche:0,1|beruhigende:3,0",
        s="techno:techno|rock:rock|jazz:jazz|blues:blues|schlager:pop|heavy metal:metal|volksmusik:folk|blasmusik:march|chormusik:classical|lounge:bossa|elektro:techno|klassische musik:classical|streichquartett:classical|disco:funk|reggae:reggae|country:country|meditationsmusik:ambient|entspannungsmusik:ambient|kinderlied:lullaby|titelmusik:cinematic",
        t="langsame:0.5,0.6|schnelle:6,3.6|rasant:7,4|mittleres tempo:3,2", drums="schlagzeug|trommeln|drums|perkussion|percussion|beats|beat", bass="bass"),
    "fr": dict(
        noun="musique|un morceau|une chanson|musique de fond|instrumental", **{"with": "avec {}|avec du {}|avec de la {}|et {}|{}|au {}|à la {}|pour {}", "no": "sans {}|pas de {}|sans aucune {}|surtout pas de {}|aucune {}|mais sans {}|ni {}", "and": " et |, "},
        minor="en {} mineur|{} mineur", major="en {} majeur|{} majeur", tonics="do ré mi fa sol la si",
        i="guitare électrique:overdrive_guitar|guitare acoustique:steel_guitar|guitare classique:nylon_guitar|guitare saturée:distortion_guitar|contrebasse:acoustic_bass|cuivres:brass|chœurs:choir|choeur:choir|cor:horn|flûte de pan:pan_flute|synthé:saw_lead|synthétiseur:saw_lead|piano électrique:electric_piano|violons:violin|violoncelles:cello|guitares:steel_guitar|vibraphone:vibraphone|nappes:warm_pad|saxo:saxophone|célesta:celesta",
        m="gaie:4,3|entraînante:4,3|apaisante:3,0|reposante:3,0|dynamique:3,4|puissante:2,4|nostalgique:2,1|inquiétante:0,2|angoissante:0,3|festive:4,3|légère:4,2|légers:4,2|tendre:3,0|mystérieuse:1,1|dramatique:1,3|sombres:0,2|lumineuse:4,2|émouvante:1,1|furieuse:0,4",
        s="électro:techno|musique électronique:techno|métal:metal|rock dur:rock|jazz manouche:jazz|bossa nova:bossa|reggae:reggae|disco:funk|funk:funk|folk:folk|musette:waltz|bal musette:waltz|ambiance:ambient|musique d'ambiance:ambient|pop:pop|orchestre symphonique:orchestral|musique orchestrale:orchestral|country:country|fanfare:march|jeu vidéo:chiptune|lounge:bossa",
        t="lentement:0.5,0.6|tempo rapide:6,3.6|tempo lent:0.5,0.6", drums="batterie|percussions|percussion|tambours|tambour|rythme", bass="basse"),
    "es": dict(
        noun="música|una canción|un tema|música de fondo|una pieza", **{"with": "con {}|y {}|{}|para {}|solo {}", "no": "sin {}|nada de {}|no quiero {}|que no tenga {}|pero sin {}|ni {}|sin ningún {}", "and": " y |, "},
        minor="en {} menor|{} menor", major="en {} mayor|{} mayor", tonics="do re mi fa sol la si",
        i="guitarra eléctrica:overdrive_guitar|guitarra acústica:steel_guitar|guitarra española:nylon_guitar|guitarra clásica:nylon_guitar|guitarra distorsionada:distortion_guitar|contrabajo:acoustic_bass|trompetas:trumpet|violines:violin|guitarras:nylon_guitar|metales:brass|sintetizador:saw_lead|sintetizadores:saw_lead|piano eléctrico:electric_piano|saxo:saxophone|oboe:oboe|campanas:glockenspiel|trompa:horn|marimba:marimba|quena:pan_flute|zampoña:pan_flute",
        m="animada:4,3|movida:4,3|fuerte:2,4|pesado:1,4|dulce:3,0|nostálgica:2,1|tensa:0,3|siniestra:0,2|de miedo:0,2|emotiva:1,1|esperanzadora:3,2|motivadora:4,3|pacífica:3,0|festiva:4,3|dramática:1,3|cálida:3,1|lúgubre:0,1|sombría:0,1",
        s="flamenco:folk|salsa:bossa|cumbia:bossa|mariachi:folk|ranchera:country|música electrónica:techno|electrónica:house|metal:metal|rock pesado:metal|funk:funk|blues:blues|techno:techno|bolero:bossa|tango:waltz|folclore:folk|música ambiental:ambient|pop:pop|videojuego:chiptune|hip hop:hiphop|lo-fi:lofi|música de cine:cinematic",
        t="veloz:6,3.6|despacio:0.5,0.6|lentamente:0.5,0.6", drums="batería|percusión|tambores|bombos|ritmo", bass="bajo"),
    "it": dict(
        noun="musica|un brano|una canzone|sottofondo|un pezzo", **{"with": "con {}|e {}|{}|per {}|solo {}", "no": "senza {}|niente {}|non voglio {}|ma senza {}|nessuna {}|né {}", "and": " e |, "},
        minor="in {} minore|{} minore", major="in {} maggiore|{} maggiore", tonics="do re mi fa sol la si",
        i="piano:piano|chitarra elettrica:overdrive_guitar|chitarra acustica:steel_guitar|chitarra classica:nylon_guitar|chitarra distorta:distortion_guitar|contrabbasso:acoustic_bass|ottoni:brass|violini:violin|viola:violin|sintetizzatore:saw_lead|oboe:oboe|corno:horn|carillon:music_box|armonica:harmonica|sax:saxophone|mandolino:steel_guitar|campanelli:glockenspiel",
        m="lento e triste:0,0|cupa:0,1|serena:3,0|solare:4,2|vivace:4,3|nostalgica:2,1|potente:2,4|inquietante:0,2|misteriosa:1,1|leggera:4,2|emozionante:2,2|malinconico:0,1|festosa:4,3|spensierata:4,2",
        s="valzer:waltz|marcia:march|ninna nanna:lullaby|musica classica:classical|orchestra:orchestral|colonna sonora:cinematic|rock:rock|jazz:jazz|discoteca:house|musica da discoteca:house|disco:funk|tarantella:folk|blues:blues|techno:techno|funk:funk|bossa nova:bossa|metal:metal|videogioco:chiptune|pop:pop|musica ambient:ambient",
        t="lenta:0.5,0.6|lento:0.5,0.6|veloce:6,3.6|velocissima:7,4|moderato:3,2", drums="batteria|percussioni|tamburi|tamburo", bass="basso"),
    "pt": dict(
        noun="música|uma canção|um tema|música de fundo", **{"with": "com {}|e {}|{}|para {}|só {}", "no": "sem {}|nada de {}|não quero {}|mas sem {}|nem {}", "and": " e |, "},
        minor="em {} menor|{} menor", major="em {} maior|{} maior", tonics="dó ré mi fá sol lá si",
        i="piano:piano|violão:nylon_guitar|guitarra:overdrive_guitar|guitarra elétrica:overdrive_guitar|flauta:flute|violino:violin|violoncelo:cello|trompete:trumpet|saxofone:saxophone|sax:saxophone|harpa:harp|órgão:organ|acordeão:accordion|sanfona:accordion|gaita:harmonica|cordas:strings|coral:choir|coro:choir|sintetizador:saw_lead|contrabaixo:acoustic_bass|teclado:electric_piano|clarinete:clarinet|metais:brass|cavaquinho:nylon_guitar",
        m="animada:4,3|animado:4,3|alegre:4,3|feliz:4,3|relaxante:3,0|calma:3,0|triste:0,1|sombria:0,2|pesada:1,4|romântica:3,1|épica:2,4|suave:3,0|tranquila:3,0|agitada:2,4|assustadora:0,2|esperançosa:3,2|saudade:1,1",
        s="samba:bossa|bossa nova:bossa|forró:folk|baião:folk|choro:bossa|pagode:bossa|mpb:bossa|rock:rock|metal:metal|valsa:waltz|marcha:march|fado:folk|sertanejo:country|eletrônica:house|trilha sonora:cinematic|orquestra:orchestral|música clássica:classical|jazz:jazz|canção de ninar:lullaby|reggae:reggae",
        t="lenta:0.5,0.6|devagar:0.5,0.6|rápida:6,3.6|rápido:6,3.6|muito rápida:7,4", drums="bateria|percussão|tambores", bass="baixo"),
    "nl": dict(
        noun="muziek|een nummer|een stuk|achtergrondmuziek|{i}muziek", **{"with": "met {}|en {}|{}|voor {}|alleen {}", "no": "zonder {}|geen {}|maar geen {}|liever geen {}", "and": " en |, "},
        minor="in {} mineur|{} klein", major="in {} majeur|{} groot", tonics="c d e f g a b bes es",
        i="piano:piano|gitaar:steel_guitar|gitaren:steel_guitar|elektrische gitaar:overdrive_guitar|akoestische gitaar:steel_guitar|viool:violin|cello:cello|fluit:flute|trompet:trumpet|saxofoon:saxophone|harp:harp|orgel:organ|accordeon:accordion|mondharmonica:harmonica|strijkers:strings|koor:choir|contrabas:acoustic_bass|klarinet:clarinet|hobo:oboe|speeldoos:music_box|blazers:brass|synthesizer:saw_lead",
        m="vrolijke:4,3|vrolijk:4,3|droevige:0,1|verdrietige:0,1|rustige:3,0|rustig:3,0|kalme:3,0|donkere:0,2|duistere:0,2|spannende:1,3|energieke:3,4|enge:0,2|dromerige:3,0|romantische:3,1|boze:0,4|epische:2,4|blije:4,3|ontspannen:3,0|gezellige:3,1",
        s="filmmuziek:cinematic|klassieke muziek:classical|wals:waltz|mars:march|slaapliedje:lullaby|dansmuziek:house|volksmuziek:folk|rock:rock|jazz:jazz|orkest:orchestral|popmuziek:pop|techno:techno",
        t="langzame:0.5,0.6|langzaam:0.5,0.6|snelle:6,3.6|snel:6,3.6", drums="drums|drum|slagwerk|percussie|trommels", bass="bas"),
    "pl": dict(
        noun="muzyka|utwór|piosenka|podkład", **{"with": "z {}|na {}|i {}|{}", "no": "bez {}|żadnej {}|nie chcę {}|ale bez {}", "and": " i |, "}, minor="{}-moll", major="{}-dur", tonics="c d e f g a h",
        i="fortepian:piano|fortepianem:piano|pianino:piano|gitara:steel_guitar|gitarą:steel_guitar|gitarę:steel_guitar|gitary:steel_guitar|gitara elektryczna:overdrive_guitar|skrzypce:violin|skrzypcami:violin|wiolonczela:cello|wiolonczelą:cello|flet:flute|fletem:flute|trąbka:trumpet|trąbką:trumpet|saksofon:saxophone|saksofonem:saxophone|harfa:harp|harfą:harp|organy:organ|organami:organ|akordeon:accordion|akordeonem:accordion|smyczki:strings|smyczkami:strings|chór:choir|chórem:choir|kontrabas:acoustic_bass|klarnet:clarinet|pozytywka:music_box|syntezator:saw_lead|harmonijka:harmonica",
        m="wesoła:4,3|wesoły:4,3|radosna:4,3|smutna:0,1|smutny:0,1|spokojna:3,0|spokojny:3,0|mroczna:0,2|mroczny:0,2|ciemna:0,2|energiczna:3,4|agresywna:0,4|romantyczna:3,1|melancholijna:0,1|epicka:2,4|straszna:0,2|relaksująca:3,0|cicha:2,0|głośna:2,4",
        s="walc:waltz|marsz:march|kołysanka:lullaby|metal:metal|rock:rock|jazz:jazz|techno:techno|muzyka filmowa:cinematic|orkiestra:orchestral|klasyczna:classical|ludowa:folk|blues:blues|disco polo:pop|taneczna:house",
        t="szybki:6,3.6|szybka:6,3.6|wolny:0.5,0.6|wolna:0.5,0.6|powolna:0.3,0.4", drums="perkusji|perkusją|perkusja|bębnów|bębny|bębnami", bass="basu|bas|basem"),
    "ru": dict(
        noun="музыка|мелодия|композиция|трек|фоновая музыка", **{"with": "с {}|на {}|и {}|{}", "no": "без {}|никаких {}|не надо {}|не хочу {}|только без {}", "and": " и |, "}, minor="{} минор|в {} миноре", major="{} мажор|в {} мажоре", tonics="до ре ми фа соль ля си",
        i="пианино:piano|фортепиано:piano|рояль:piano|гитара:steel_guitar|гитарой:steel_guitar|гитаре:steel_guitar|гитары:steel_guitar|электрогитара:overdrive_guitar|электрогитарой:overdrive_guitar|скрипка:violin|скрипкой:violin|скрипки:violin|скрипке:violin|виолончель:cello|виолончелью:cello|флейта:flute|флейтой:flute|флейте:flute|труба:trumpet|трубой:trumpet|саксофон:saxophone|саксофоном:saxophone|арфа:harp|арфой:harp|арфе:harp|орган:organ|органом:organ|аккордеон:accordion|баян:accordion|гармошка:harmonica|струнные:strings|струнными:strings|хор:choir|хором:choir|кларнет:clarinet|контрабас:acoustic_bass|синтезатор:saw_lead|синтезатором:saw_lead|колокольчики:glockenspiel|шкатулка:music_box",
        m="грустная:0,1|грустный:0,1|печальная:0,1|весёлая:4,3|веселая:4,3|весёлый:4,3|веселый:4,3|радостная:4,3|спокойная:3,0|спокойный:3,0|тихая:2,0|тёмная:0,2|темная:0,2|мрачная:0,1|мрачный:0,1|агрессивная:0,4|злая:0,4|энергичная:3,4|бодрая:4,3|романтическая:3,1|страшная:0,2|эпичная:2,4|эпическая:2,4|расслабляющая:3,0|нежная:3,0|тревожная:0,3",
        s="рок:rock|тяжелый рок:metal|метал:metal|джаз:jazz|блюз:blues|техно:techno|вальс:waltz|марш:march|колыбельная:lullaby|народная:folk|классика:classical|классическая:classical|оркестр:orchestral|оркестровая:orchestral|саундтрек:cinematic|к фильму:cinematic|хаус:house|поп:pop|хип-хоп:hiphop|рэп:hiphop|эмбиент:ambient|регги:reggae|фанк:funk|танцевальная:house",
        t="быстрая:6,3.6|быстрый:6,3.6|медленная:0.5,0.6|медленный:0.5,0.6|очень быстрая:7,4", drums="барабанов|барабаны|барабанами|ударных|ударными|ударные|перкуссии", bass="баса|бас|басом"),
    "ja": dict(
        noun="曲|音楽|BGM|の曲|の音楽|をお願いします|がほしい", **{"with": "{}と|{}の|{}を使った|{}、|{}で|{}入り", "no": "{}なし|{}なしで|{}抜き|{}はいらない|{}は入れないで|{}無し", "and": "と|、|・"}, minor="{}短調|マイナー", major="{}長調|メジャー", tonics="ハ ニ ホ ヘ ト イ ロ",
        i="ピアノ:piano|ギター:steel_guitar|アコギ:steel_guitar|エレキギター:overdrive_guitar|バイオリン:violin|ヴァイオリン:violin|チェロ:cello|フルート:flute|トランペット:trumpet|サックス:saxophone|ハープ:harp|オルガン:organ|ストリングス:strings|弦楽:strings|合唱:choir|コーラス:choir|シンセ:saw_lead|シンセサイザー:saw_lead|オルゴール:music_box|アコーディオン:accordion|クラリネット:clarinet|マリンバ:marimba|ブラス:brass|エレピ:electric_piano|尺八:pan_flute|笛:flute",
        m="悲しい:0,1|切ない:0,1|楽しい:4,3|明るい:4,3|静かな:2,0|穏やかな:3,0|暗い:0,2|怖い:0,2|不気味な:0,1|激しい:1,4|壮大な:2,4|かわいい:4,2|元気な:4,4|落ち着いた:3,0|癒しの:3,0|リラックス:3,0|ロマンチックな:3,1|かっこいい:2,3|懐かしい:2,1|緊張感のある:0,3|爽やかな:4,2",
        s="ジャズ:jazz|ロック:rock|メタル:metal|テクノ:techno|ハウス:house|シンセウェーブ:synthwave|アンビエント:ambient|環境音楽:ambient|ローファイ:lofi|ヒップホップ:hiphop|ワルツ:waltz|子守唄:lullaby|クラシック:classical|オーケストラ:orchestral|管弦楽:orchestral|映画音楽:cinematic|ボサノバ:bossa|レゲエ:reggae|ファンク:funk|ブルース:blues|ポップ:pop|チップチューン:chiptune|8ビット:chiptune|ゲーム音楽:chiptune|行進曲:march|フォーク:folk|ピアノソロ:piano|ドラムンベース:dnb",
        t="遅い:0.5,0.6|ゆっくり:0.5,0.6|速い:6,3.6|アップテンポ:6,3.5|スローテンポ:0.5,0.6", drums="ドラム|打楽器|パーカッション|ビート", bass="ベース"),
    "zh": dict(
        noun="音乐|曲|曲子|背景音乐|歌曲|配乐", **{"with": "有{}|{}和|{}|加{}|用{}|带{}", "no": "没有{}|不要{}|无{}|不加{}|别用{}|去掉{}", "and": "和|、|，|与"}, minor="{}小调|小调", major="{}大调|大调", tonics="A B C D E F G",
        i="钢琴:piano|吉他:steel_guitar|木吉他:steel_guitar|电吉他:overdrive_guitar|小提琴:violin|大提琴:cello|长笛:flute|笛子:flute|小号:trumpet|萨克斯:saxophone|竖琴:harp|管风琴:organ|手风琴:accordion|弦乐:strings|合唱:choir|合唱团:choir|合成器:saw_lead|八音盒:music_box|口琴:harmonica|单簧管:clarinet|铜管:brass|电钢琴:electric_piano|二胡:violin|古筝:harp|古琴:harp|贝斯:finger_bass|圆号:horn",
        m="悲伤:0,1|忧伤:0,1|伤感:0,1|欢快:4,3|快乐:4,3|开心:4,3|轻快:4,3|安静:2,0|平静:3,0|放松:3,0|舒缓:3,0|轻柔:3,0|黑暗:0,2|阴暗:0,1|恐怖:0,2|激烈:1,4|激昂:3,4|史诗般:2,4|史诗:2,4|浪漫:3,1|温馨:3,1|温暖:3,1|紧张:0,3|神秘:1,1|励志:4,3|愤怒:0,4|怀旧:2,1",
        s="爵士:jazz|摇滚:rock|重金属:metal|电子:techno|电子舞曲:house|古典:classical|管弦乐:orchestral|交响乐:orchestral|电影配乐:cinematic|战斗音乐:cinematic|圆舞曲:waltz|华尔兹:waltz|摇篮曲:lullaby|进行曲:march|民谣:folk|流行:pop|嘻哈:hiphop|说唱:hiphop|蓝调:blues|雷鬼:reggae|放克:funk|氛围:ambient|冥想:ambient|乡村:country|钢琴独奏:piano|8位:chiptune|游戏音乐:chiptune|合成器浪潮:synthwave|波萨诺瓦:bossa",
        t="慢:0.5,0.6|缓慢:0.5,0.6|快速:6,3.6|快节奏:6,3.6|慢节奏:0.5,0.6", drums="鼓|鼓点|鼓声|打击乐|架子鼓", bass="贝斯|低音"),
    "sv": dict(
        noun="musik|en låt|ett stycke|bakgrundsmusik", **{"with": "med {}|och {}|{}|bara {}", "no": "utan {}|inga {}|ingen {}|inte {}|men inga {}", "and": " och |, "}, minor="{}-moll|i moll", major="{}-dur|i dur", tonics="c d e f g a h",
        i="piano:piano|gitarr:steel_guitar|gitarrer:steel_guitar|elgitarr:overdrive_guitar|akustisk gitarr:steel_guitar|fiol:violin|cello:cello|flöjt:flute|trumpet:trumpet|saxofon:saxophone|harpa:harp|orgel:organ|dragspel:accordion|munspel:harmonica|stråkar:strings|kör:choir|klarinett:clarinet|kontrabas:acoustic_bass|speldosa:music_box|synt:saw_lead|pianomusik:piano",
        m="glad:4,3|ledsen:0,1|sorglig:0,1|lugn:3,0|lugnande:3,0|mörk:0,2|arg:0,4|rolig:4,3|romantisk:3,1|drömmande:3,0|energisk:3,4|läskig:0,2|vemodig:0,1|mysig:3,1|spännande:1,3|episk:2,4",
        s="vals:waltz|marsch:march|vaggvisa:lullaby|folkmusik:folk|filmmusik:cinematic|klassisk musik:classical|rock:rock|jazz:jazz|metal:metal|techno:techno|dansmusik:house|blues:blues|visa:folk|orkester:orchestral",
        t="långsam:0.5,0.6|långsamt:0.5,0.6|snabb:6,3.6|snabbt:6,3.6", drums="trummor|slagverk|trumma|percussion", bass="bas"),
    "da": dict(
        noun="musik|musikk|et stykke|en sang|baggrundsmusik", **{"with": "med {}|og {}|{}", "no": "uden {}|uten {}|ingen {}|ikke {}", "and": " og |, "}, minor="{}-mol|i moll", major="{}-dur|i dur", tonics="c d e f g a h",
        i="klaver:piano|piano:piano|guitar:steel_guitar|gitar:steel_guitar|violin:violin|fiolin:violin|cello:cello|fløjte:flute|fløyte:flute|trompet:trumpet|saxofon:saxophone|harpe:harp|orgel:organ|harmonika:accordion|trekkspill:accordion|strygere:strings|strykere:strings|kor:choir|klarinet:clarinet",
        m="glad:4,3|trist:0,1|rolig:3,0|mørk:0,2|vred:0,4|sjov:4,3|romantisk:3,1|energisk:3,4|uhyggelig:0,2|stille:2,0|munter:4,3|vakker:3,1", s="vals:waltz|march:march|vuggevise:lullaby|folkemusik:folk|filmmusik:cinematic|klassisk:classical|rock:rock|jazz:jazz",
        t="langsom:0.5,0.6|hurtig:6,3.6|rask:6,3.6", drums="trommer|slagtøj|percussion", bass="bas|bass"),
    "tr": dict(
        noun="müzik|müziği|parça|şarkı|bir melodi", **{"with": "{} ile|{} ve|{}|{}li", "no": "{} yok|{} olmasın|{} olmadan|{}suz|{} istemiyorum", "and": " ve |, "}, minor="{} minör", major="{} majör", tonics="do re mi fa sol la si",
        i="piyano:piano|gitar:steel_guitar|elektro gitar:overdrive_guitar|akustik gitar:steel_guitar|keman:violin|çello:cello|viyolonsel:cello|flüt:flute|ney:flute|trompet:trumpet|saksafon:saxophone|arp:harp|org:organ|akordeon:accordion|mızıka:harmonica|yaylılar:strings|koro:choir|klarnet:clarinet|bağlama:steel_guitar|saz:steel_guitar|synth:saw_lead|müzik kutusu:music_box",
        m="neşeli:4,3|mutlu:4,3|üzgün:0,1|hüzünlü:0,1|sakin:3,0|huzurlu:3,0|karanlık:0,2|kızgın:0,4|enerjik:3,4|romantik:3,1|korkunç:0,2|ürkütücü:0,2|rahatlatıcı:3,0|epik:2,4|hareketli:3,4|duygusal:1,1", s="vals:waltz|marş:march|ninni:lullaby|halk müziği:folk|film müziği:cinematic|klasik:classical|rock:rock|caz:jazz|metal:metal|tekno:techno|orkestra:orchestral",
        t="yavaş:0.5,0.6|hızlı:6,3.6|çok hızlı:7,4", drums="davul|davullar|perküsyon|bateri|ritim", bass="bas"),
    "ko": dict(
        noun="음악|노래|곡|배경음악|연주곡", **{"with": "{}와|{}과|{}|{}가 있는|{} 있는|{} 연주", "no": "{} 없이|{} 없는|{} 빼고|{}은 빼줘|{} 제외|{}는 없이", "and": "와 |과 |, |하고 "}, minor="{} 단조|단조", major="{} 장조|장조", tonics="다 라 마 바 사 가 나",
        i="피아노:piano|기타:steel_guitar|통기타:steel_guitar|일렉 기타:overdrive_guitar|바이올린:violin|첼로:cello|플루트:flute|트럼펫:trumpet|색소폰:saxophone|하프:harp|오르간:organ|아코디언:accordion|현악기:strings|스트링:strings|합창:choir|신디사이저:saw_lead|신스:saw_lead|오르골:music_box|하모니카:harmonica|클라리넷:clarinet",
        m="슬픈:0,1|우울한:0,1|행복한:4,3|즐거운:4,3|신나는:4,4|밝은:4,3|조용한:2,0|잔잔한:3,0|편안한:3,0|어두운:0,2|무서운:0,2|화난:0,4|웅장한:2,4|로맨틱한:3,1|감성적인:1,1|긴장감 있는:0,3|귀여운:4,2", s="재즈:jazz|록:rock|메탈:metal|테크노:techno|하우스:house|로파이:lofi|클래식:classical|오케스트라:orchestral|영화음악:cinematic|왈츠:waltz|자장가:lullaby|행진곡:march|힙합:hiphop|팝:pop|앰비언트:ambient|블루스:blues|신스웨이브:synthwave|게임 음악:chiptune|발라드:pop",
        t="느린:0.5,0.6|빠른:6,3.6|아주 빠른:7,4|천천히:0.5,0.6", drums="드럼|타악기|비트|북", bass="베이스"),
    "cs": dict(
        noun="hudba|skladba|píseň", **{"with": "s {}|a {}|{}|na {}", "no": "bez {}|žádné {}|nechci {}", "and": " a |, "}, minor="{} moll", major="{} dur", tonics="c d e f g a h",
        i="klavír:piano|klavírem:piano|kytara:steel_guitar|kytarou:steel_guitar|kytary:steel_guitar|housle:violin|houslemi:violin|violoncello:cello|flétna:flute|flétnou:flute|trubka:trumpet|saxofon:saxophone|harfa:harp|varhany:organ|akordeon:accordion|smyčce:strings|sbor:choir|klarinet:clarinet",
        m="veselá:4,3|smutná:0,1|klidná:3,0|temná:0,2|zlá:0,4|energická:3,4|romantická:3,1|strašidelná:0,2|tichá:2,0|epická:2,4", s="valčík:waltz|pochod:march|ukolébavka:lullaby|lidová:folk|filmová hudba:cinematic|klasická:classical|rock:rock|jazz:jazz|metal:metal",
        t="pomalá:0.5,0.6|rychlá:6,3.6", drums="bicích|bicí|bubnů|bubny|perkusí", bass="basy|basa"),
    "uk": dict(
        noun="музика|мелодія|композиція", **{"with": "з {}|на {}|та {}|{}", "no": "без {}|не треба {}|ніяких {}", "and": " і |, | та "}, minor="{} мінор", major="{} мажор", tonics="до ре мі фа соль ля сі",
        i="піаніно:piano|фортепіано:piano|гітара:steel_guitar|гітарою:steel_guitar|скрипка:violin|скрипкою:violin|віолончель:cello|флейта:flute|труба:trumpet|саксофон:saxophone|арфа:harp|орган:organ|акордеон:accordion|струнні:strings|хор:choir|бандура:harp|сопілка:flute",
        m="сумна:0,1|весела:4,3|спокійна:3,0|тиха:2,0|темна:0,2|зла:0,4|енергійна:3,4|романтична:3,1|страшна:0,2|епічна:2,4", s="вальс:waltz|марш:march|колискова:lullaby|народна:folk|рок:rock|джаз:jazz|метал:metal|класична:classical",
        t="повільна:0.5,0.6|швидка:6,3.6", drums="барабанів|барабани|ударних", bass="баса|басу"),
    "id": dict(
        noun="musik|lagu|musik latar", **{"with": "dengan {}|dan {}|{}|pakai {}", "no": "tanpa {}|jangan ada {}|tidak ada {}|tidak pakai {}", "and": " dan |, "}, minor="{} minor", major="{} mayor", tonics="c d e f g a b",
        i="piano:piano|gitar:steel_guitar|gitar akustik:steel_guitar|gitar listrik:overdrive_guitar|biola:violin|selo:cello|suling:flute|seruling:flute|terompet:trumpet|saksofon:saxophone|harpa:harp|organ:organ|akordeon:accordion|paduan suara:choir",
        m="sedih:0,1|bahagia:4,3|ceria:4,3|tenang:3,0|santai:3,0|gelap:0,2|marah:0,4|semangat:3,4|romantis:3,1|seram:0,2|menakutkan:0,2", s="rok:rock|jazz:jazz|metal:metal|klasik:classical|lagu tidur:lullaby|mars:march|orkestra:orchestral|dangdut:pop",
        t="lambat:0.5,0.6|cepat:6,3.6", drums="drum|perkusi|gendang", bass="bass"),
    "fi": dict(
        noun="musiikkia|kappale|musiikki|taustamusiikkia", **{"with": "{} ja|{}|jossa on {}", "no": "ilman {}|ei {}", "and": " ja |, "}, minor="{}-molli", major="{}-duuri", tonics="c d e f g a h",
        i="piano:piano|pianoa:piano|kitara:steel_guitar|kitaraa:steel_guitar|viulu:violin|viulua:violin|sello:cello|selloa:cello|huilu:flute|huilua:flute|trumpetti:trumpet|saksofoni:saxophone|harppu:harp|urut:organ|haitari:accordion|jouset:strings|kuoro:choir|kantele:harp",
        m="iloinen:4,3|iloista:4,3|surullinen:0,1|surullista:0,1|rauhallinen:3,0|rauhallista:3,0|synkkä:0,2|synkkää:0,2|vihainen:0,4|energinen:3,4|romanttinen:3,1|pelottava:0,2", s="valssi:waltz|marssi:march|kehtolaulu:lullaby|kansanmusiikki:folk|elokuvamusiikki:cinematic|klassinen:classical|rock:rock|jazz:jazz|metalli:metal|tango:waltz|humppa:folk",
        t="hidas:0.5,0.6|nopea:6,3.6", drums="rumpuja|rummut|lyömäsoittimia", bass="bassoa|basso"),
}  # fmt: skip


def pairs(text, numbers=False):
    """`a:b|c:d` as a table; `a:1,2` as a table of pairs of numbers."""
    rows = (part.rsplit(":", 1) for part in text.split("|"))
    return {k: tuple(float(x) for x in v.split(",")) if numbers else v for k, v in rows}


def tables(name):
    """Everything that is known of a language."""
    more, old = MORE[name], LANGUAGES.get(name, {})
    out = {k: more[k].split("|") for k in ("noun", "with", "no", "and", "minor", "major", "drums", "bass")}
    out["tonics"] = more["tonics"].split(" ")
    out |= {k: {**old.get(k, {}), **pairs(more[k], k in "mt")} for k in ("m", "i", "s", "t")}
    return out


TABLES = {name: tables(name) for name in MORE}
