use axum::http::Method;
use reverie::template::Route;

/// A path with variables, such as `/v1/generations/{id}`.
pub(super) struct Pattern(Vec<Segment>);

enum Segment {
    Literal(String),
    Variable(String),
}

/// The values of a path's variables.
pub(super) type Parameters = Vec<(String, String)>;

/// Routes as API Gateway chooses among them: the path with the most literal segments, then the
/// method itself before `ANY`, then the default.
pub(super) struct Routes<T> {
    paths: Vec<Entry<T>>,
    default: Option<T>,
}

struct Entry<T> {
    key: String,
    method: String,
    pattern: Pattern,
    target: T,
}

impl Pattern {
    pub(super) fn new(path: &str) -> Self {
        assert!(!path.contains("+}"), "greedy variables are not understood here: {path}");
        Self(path.split('/').map(Segment::new).collect())
    }

    /// The variables' values, if the path is such a one.
    pub(super) fn matches(&self, path: &str) -> Option<Parameters> {
        let segments: Vec<_> = path.split('/').collect();
        if segments.len() != self.0.len() {
            return None;
        }
        let mut parameters = Vec::new();
        for (pattern, segment) in self.0.iter().zip(segments) {
            match pattern {
                Segment::Literal(literal) if literal == segment => {}
                Segment::Variable(name) if !segment.is_empty() => {
                    parameters.push((name.clone(), segment.to_owned()));
                }
                _ => return None,
            }
        }
        Some(parameters)
    }

    fn literals(&self) -> usize {
        self.0.iter().filter(|segment| matches!(segment, Segment::Literal(_))).count()
    }
}

impl Segment {
    fn new(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) => Self::Variable(name.to_owned()),
            None => Self::Literal(text.to_owned()),
        }
    }
}

impl<T> Default for Routes<T> {
    fn default() -> Self {
        Self { paths: Vec::new(), default: None }
    }
}

impl<T> Routes<T> {
    pub(super) fn add(&mut self, route: &Route, target: T) {
        match route {
            Route::Default => self.default = Some(target),
            Route::Path { method, path } => self.paths.push(Entry {
                key: format!("{method} {path}"),
                method: method.clone(),
                pattern: Pattern::new(path),
                target,
            }),
        }
    }

    /// The route's key, its target and the values of its variables.
    pub(super) fn find(&self, method: &Method, path: &str) -> Option<(&str, &T, Parameters)> {
        let takes = |entry: &&Entry<T>| entry.method == "ANY" || entry.method == method.as_str();
        let candidates = self.paths.iter().filter(takes);
        let found = candidates
            .filter_map(|entry| Some((entry, entry.pattern.matches(path)?)))
            .max_by_key(|(entry, _)| (entry.pattern.literals(), entry.method != "ANY"));
        match found {
            Some((entry, parameters)) => Some((&entry.key, &entry.target, parameters)),
            None => self.default.as_ref().map(|target| ("$default", target, Vec::new())),
        }
    }
}
