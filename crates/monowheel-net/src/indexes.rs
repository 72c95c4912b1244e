//! The indexes to query, in order: the only code that reads these settings.
//!
//! The order is uv's: extra indexes come before the default index, which is `PyPI` unless another one is named. With
//! [`IndexStrategy::FirstIndex`], only the first index that has a project is used for it.

use monowheel_error::Result;

use crate::address::Address;
use crate::netrc::Netrc;
use crate::options::IndexOptions;
use crate::requirements::Requirements;
use crate::strategy::IndexStrategy;

/// The default index of pip and uv.
const PYPI: &str = "https://pypi.org/simple/";
/// The variables that name the default index; the first one that is set counts.
const DEFAULTS: [&str; 3] = ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"];
/// The variables that name extra indexes, with spaces between them.
const EXTRAS: [&str; 3] = ["UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL"];
/// The variable that names the strategy.
const STRATEGY: &str = "UV_INDEX_STRATEGY";

/// The indexes to query, in order.
#[derive(Clone, Debug)]
pub(super) struct Indexes {
    pub(super) addresses: Vec<Address>,
    pub(super) strategy: IndexStrategy,
}

impl Indexes {
    /// The indexes of the command line, of requirements files, and of the environment.
    ///
    /// # Errors
    /// [`monowheel_error::ErrorKind::Usage`] when one of them is not an `http` or `https` URL, or the strategy unknown.
    pub(super) fn of(requirements: &Requirements, options: &IndexOptions) -> Result<Self> {
        let named = || requirements.index_url.clone();
        let variable = || DEFAULTS.iter().find_map(|name| options.variable(name));
        let default = options.index_url.clone().or_else(named).or_else(variable).unwrap_or_else(|| PYPI.to_owned());
        let mut addresses: Vec<Address> = Vec::new();
        if options.only {
            addresses.push(with_credentials(Address::parse(without_name(&default))?, requirements, options));
        } else {
            for text in extras(requirements, options).iter().chain([&default]) {
                let index = Address::parse(without_name(text))?;
                if !addresses.contains(&index) {
                    addresses.push(index);
                }
            }
        }
        let netrc = Netrc::of(options);
        let addresses = addresses.into_iter().map(|address| netrc.for_index(address)).collect();
        let strategy = match (options.strategy, options.variable(STRATEGY)) {
            (Some(strategy), _) => strategy,
            (None, Some(name)) => IndexStrategy::of_variable(STRATEGY, &name)?,
            (None, None) => IndexStrategy::default(),
        };
        Ok(Self { addresses, strategy })
    }

    /// Their addresses, without credentials.
    pub(super) fn shown(&self) -> Vec<String> {
        self.addresses.iter().map(Address::to_string).collect()
    }
}

fn extras(requirements: &Requirements, options: &IndexOptions) -> Vec<String> {
    let variables: Vec<String> = EXTRAS.iter().filter_map(|name| options.variable(name)).collect();
    let variables = variables.iter().flat_map(|several| several.split_whitespace()).map(str::to_owned);
    options.extra_index_urls.iter().chain(&requirements.extra_index_urls).cloned().chain(variables).collect()
}

/// An index named in a lock file, with the credentials from the settings for the same server.
fn with_credentials(index: Address, requirements: &Requirements, options: &IndexOptions) -> Address {
    let defaults = DEFAULTS.iter().filter_map(|name| options.variable(name));
    let known = extras(requirements, options).into_iter().chain(defaults);
    let known: Vec<Address> = known.filter_map(|text| Address::parse(without_name(&text)).ok()).collect();
    index.with_credentials_of(&known)
}

/// uv allows a name for an index: `internal=https://…`.
pub(super) fn without_name(text: &str) -> &str {
    match text.split_once('=') {
        Some((name, url)) if !name.contains([':', '/']) => url,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use monowheel_error::ErrorKind;

    use super::*;

    fn asked(requirements: &Requirements, options: &IndexOptions) -> Vec<String> {
        Indexes::of(requirements, options).unwrap().addresses.iter().map(Address::request).collect()
    }

    #[test]
    fn extra_indexes_come_before_the_default_one_which_is_the_command_lines_first() {
        let environment: fn(&str) -> Option<String> = |name| match name {
            "PIP_INDEX_URL" => Some("https://pip/simple".to_owned()),
            "UV_DEFAULT_INDEX" => Some("https://uv/simple".to_owned()),
            "UV_INDEX" => Some("ours=https://a/simple https://b/simple?x=y".to_owned()),
            "PIP_EXTRA_INDEX_URL" => Some("https://c/simple".to_owned()),
            _ => None,
        };
        let mut options = IndexOptions { environment: |_| None, ..IndexOptions::default() };
        let mut requirements = Requirements::default();
        assert_eq!(asked(&requirements, &options), [PYPI]);
        options.environment = environment;
        let variables = ["https://a/simple", "https://b/simple?x=y", "https://c/simple", "https://pip/simple"];
        assert_eq!(asked(&requirements, &options), variables);
        requirements.index_url = Some("https://file/simple".to_owned());
        requirements.extra_index_urls.push("https://b/simple?x=y".to_owned());
        assert_eq!(asked(&requirements, &options)[..2], ["https://b/simple?x=y", "https://a/simple"]);
        assert_eq!(asked(&requirements, &options)[3], "https://file/simple");
        options.extra_index_urls.push("https://extra/simple".to_owned());
        options.index_url = Some("https://line/simple".to_owned());
        let all = asked(&requirements, &options);
        assert_eq!((all[0].as_str(), all[4].as_str()), ("https://extra/simple", "https://line/simple"));
        options.only = true;
        assert_eq!(asked(&requirements, &options), ["https://line/simple"]);
    }

    #[test]
    fn the_index_of_a_lock_file_gets_the_credentials_of_its_own_server_only() {
        let environment: fn(&str) -> Option<String> =
            |name| (name == "PIP_EXTRA_INDEX_URL").then(|| "https://me:pw@h/simple".to_owned());
        let of = |url: &str| {
            let options =
                IndexOptions { index_url: Some(url.to_owned()), only: true, environment, ..IndexOptions::default() };
            let indexes = Indexes::of(&Requirements::default(), &options).unwrap().addresses;
            assert_eq!(indexes.len(), 1);
            indexes[0].has_credentials()
        };
        assert!(of("https://h/other/simple"));
        assert!(!of("http://h/simple") && !of("https://a.h/simple") && !of("https://h:8443/simple"));
    }

    #[test]
    fn an_index_of_another_kind_is_refused() {
        let options = IndexOptions { index_url: Some("file:///srv/simple".to_owned()), ..IndexOptions::default() };
        let refused = Indexes::of(&Requirements::default(), &options);
        assert_eq!(refused.err().map(|error| error.kind()), Some(ErrorKind::Usage));
    }

    #[test]
    fn the_strategy_is_the_command_lines_then_uvs_then_the_first_index() {
        let strategy = |options: &IndexOptions| Indexes::of(&Requirements::default(), options).map(|all| all.strategy);
        let mut options = IndexOptions { environment: |_| None, ..IndexOptions::default() };
        assert_eq!(strategy(&options).unwrap(), IndexStrategy::FirstIndex);
        options.environment = |name| (name == "UV_INDEX_STRATEGY").then(|| "unsafe-best-match".to_owned());
        assert_eq!(strategy(&options).unwrap(), IndexStrategy::UnsafeBestMatch);
        options.strategy = Some(IndexStrategy::FirstIndex);
        assert_eq!(strategy(&options).unwrap(), IndexStrategy::FirstIndex);
        options.strategy = None;
        options.environment = |name| (name == "UV_INDEX_STRATEGY").then(|| "best".to_owned());
        assert!(strategy(&options).err().unwrap().to_string().contains("unsafe-first-match"));
    }
}
