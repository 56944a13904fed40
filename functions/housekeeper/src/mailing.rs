use jiff::SignedDuration;
use reverie_domain::{
    consent::Purpose,
    mail::{Letter, Mail},
    mailing::{Mailing, Topic},
};
use reverie_store::{
    accounts::AccountKind,
    mailings::{self, People, Person},
    tables::written,
};

use crate::{Housekeeper, HousekeeperError};

/// How long a turn lasts. The next minute goes on.
const TURN: SignedDuration = SignedDuration::from_secs(15);
/// For how many people a turn leaves a mail, or one page more: so many mails a minute begin to be sent.
const MOST: u64 = 300;

impl Housekeeper {
    /// Begins the one mailing of the newest significant change of the policies.
    pub(crate) async fn announce_policies(&self) -> Result<(), HousekeeperError> {
        // A deployment that sends no mail tells nobody, and may do so later.
        let Some(post) = &self.post else { return Ok(()) };
        let Some(policy) = post.settings.policies.significant_change() else { return Ok(()) };
        let id = Mailing::policy_id(policy.version);
        if mailings::find(&*self.tables, id).await?.is_some() {
            return Ok(());
        }
        let mailing = Mailing::of_policy(self.clock.now(), &policy);
        if written(&*self.tables, &mailings::to_begin(&mailing)?).await? {
            tracing::info!(%id, version = policy.version, "people are told of new policies");
        }
        Ok(())
    }

    /// Goes on with a mailing. Each page may be done again: who was told has a notice.
    pub(crate) async fn go_on_mailing(&self, mut mailing: Mailing) -> Result<(), HousekeeperError> {
        let (begun, mut told) = (self.clock.now(), 0);
        while mailing.due_at.is_some_and(|due| due <= self.clock.now()) {
            if told >= MOST || self.clock.now().duration_since(begun) >= TURN {
                return Err(HousekeeperError::MoreToDo);
            }
            let next = match self.is_over(&mailing)? {
                true => mailing.ended(self.clock.now()),
                false => {
                    let People { people, next } = mailings::people(&*self.tables, &mailing).await?;
                    let page = self.tell_all(&mailing, people).await?;
                    told += page;
                    mailing.gone_on(self.clock.now(), page, next)
                }
            };
            if !mailings::advance(&*self.tables, &mailing, &next).await? {
                return Err(HousekeeperError::Contended);
            }
            mailing = next;
        }
        Ok(())
    }

    /// Whether nothing is to be told any more: it was stopped, another version is newer, or no mail is sent.
    fn is_over(&self, mailing: &Mailing) -> Result<bool, HousekeeperError> {
        let Some(post) = &self.post else { return Ok(true) };
        let Topic::Policy { version } = &mailing.topic else { return Ok(mailing.stopped) };
        let policies = post.settings.policies;
        // What a later release began waits for it, should this one be an earlier.
        policies.find(version).ok_or(HousekeeperError::Message)?;
        let is_newest =
            policies.significant_change().is_none_or(|newest| newest.version == version);
        Ok(mailing.stopped || !is_newest)
    }

    /// How many of them were told in this round, a try before this one included.
    async fn tell_all(
        &self,
        mailing: &Mailing,
        people: Vec<Person>,
    ) -> Result<u64, HousekeeperError> {
        let mut told = 0;
        for person in people {
            let now = self.clock.now();
            if let Some(notice) = &person.notice {
                told += u64::from(notice.round == mailing.round);
            } else if self.is_to_be_told(mailing, &person) {
                let letter = match &mailing.topic {
                    Topic::Policy { version } => Letter::Policy { version: version.clone() },
                    Topic::News { .. } => Letter::News { mailing: mailing.id },
                };
                let mail = Mail::new(now, person.account.id, letter);
                let notice = mailing.notice(now, person.account.id);
                told += u64::from(mailings::tell(&*self.tables, &notice, &mail).await?);
            }
        }
        Ok(told)
    }

    fn is_to_be_told(&self, mailing: &Mailing, person: &Person) -> bool {
        let account = &person.account;
        let is_reachable = account.kind == AccountKind::User && account.mail_address().is_some();
        let is_concerned = match &mailing.topic {
            Topic::Policy { version } => {
                let acknowledged = account.acknowledged.keys().map(String::as_str);
                let knows =
                    |post: &crate::Post| post.settings.policies.knows(acknowledged, version);
                !self.post.as_ref().is_some_and(knows)
            }
            Topic::News { .. } => person.consents.granted(Purpose::MarketingEmail),
        };
        account.is_open() && is_reachable && is_concerned
    }
}
