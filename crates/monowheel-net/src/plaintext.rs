//! The hosts that may be accessed without TLS: this machine, and those that the user names.

use monowheel_error::{Error, ErrorKind, Result};

use crate::address::Address;
use crate::options::IndexOptions;

/// The variables that name such hosts, with spaces between them: uv's and pip's.
const VARIABLES: [&str; 2] = ["UV_INSECURE_HOST", "PIP_TRUSTED_HOST"];

/// The hosts that the user names, each as `HOST` or `HOST:PORT`.
#[derive(Clone, Debug, Default)]
pub(super) struct InsecureHosts(Vec<String>);

impl InsecureHosts {
    /// The hosts of the command line and of the environment. A requirements file cannot name one: its author does not
    /// know which networks you trust.
    pub(super) fn of(options: &IndexOptions) -> Self {
        let variables = VARIABLES.iter().filter_map(|name| options.variable(name));
        let variables: Vec<String> =
            variables.flat_map(|text| text.split([' ', ',']).map(str::to_owned).collect::<Vec<_>>()).collect();
        let all = options.insecure_hosts.iter().cloned().chain(variables);
        Self(all.map(|host| host.trim().to_ascii_lowercase()).filter(|host| !host.is_empty()).collect())
    }

    /// Checks that a URL may be requested.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it is neither encrypted, nor on this machine, nor named.
    pub(super) fn check(&self, address: &Address) -> Result<()> {
        if address.is_https() || address.is_loopback() || self.names(address) {
            return Ok(());
        }
        Err(not_encrypted(address, "without TLS, others on the network can read and replace its files"))
    }

    /// Checks that a link on an index's page is not a downgrade from TLS, not even to this machine.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it is one, and its host is not named.
    pub(super) fn check_link(&self, page: &Address, link: &Address) -> Result<()> {
        if !page.is_https() || link.is_https() || self.names(link) {
            return Ok(());
        }
        Err(not_encrypted(link, "an index on https links to it"))
    }

    fn names(&self, address: &Address) -> bool {
        self.0.iter().any(|host| address.has_host(host))
    }
}

fn not_encrypted(address: &Address, why: &str) -> Error {
    let host = address.host_and_port();
    Error::new(ErrorKind::Usage, format!("{host} would be accessed without encryption: {why}"))
        .at(address)
        .next(format!("use its https URL; on a network that you trust, pass --allow-insecure-host {host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(named: &[&str]) -> InsecureHosts {
        let insecure_hosts = named.iter().map(|&host| host.to_owned()).collect();
        InsecureHosts::of(&IndexOptions { insecure_hosts, environment: |_| None, ..IndexOptions::default() })
    }

    fn may(named: &[&str], address: &str) -> bool {
        hosts(named).check(&Address::parse(address).unwrap()).is_ok()
    }

    #[test]
    fn plain_http_is_for_this_machine_and_for_named_hosts() {
        for address in
            ["https://h/", "http://127.0.0.1:8/", "http://127.3.2.1/", "http://[::1]:80/", "http://LOCALHOST/"]
        {
            assert!(may(&[], address), "{address}");
        }
        for address in ["http://h/", "http://127.0.0.1.h/", "http://localhost.h/", "http://10.0.0.1/", "http://127.1/"]
        {
            assert!(!may(&[], address), "{address}");
        }
        assert!(may(&["H"], "http://h:8080/") && may(&["h:8080"], "http://h:8080/") && may(&["x", "h"], "http://h/"));
        assert!(!may(&["h:8080"], "http://h/") && !may(&["h"], "http://a.h/") && !may(&["a.h"], "http://h/"));
        assert!(may(&["h:80"], "http://h/") && may(&["[2001:db8::1]"], "http://[2001:db8::1]:9/"));
    }

    #[test]
    fn the_variables_of_uv_and_pip_name_hosts_too() {
        let environment: fn(&str) -> Option<String> = |name| match name {
            "UV_INSECURE_HOST" => Some("a b:81".to_owned()),
            "PIP_TRUSTED_HOST" => Some("c".to_owned()),
            _ => None,
        };
        let hosts = InsecureHosts::of(&IndexOptions { environment, ..IndexOptions::default() });
        for address in ["http://a/", "http://b:81/", "http://c/"] {
            assert!(hosts.check(&Address::parse(address).unwrap()).is_ok(), "{address}");
        }
        assert!(hosts.check(&Address::parse("http://b/").unwrap()).is_err());
    }

    #[test]
    fn an_encrypted_page_does_not_lead_to_a_plain_link() {
        let page = Address::parse("https://h/simple/x/").unwrap();
        let link = |text: &str| Address::parse(text).unwrap();
        for down in ["http://h/x.whl", "http://127.0.0.1/x.whl"] {
            let said = hosts(&[]).check_link(&page, &link(down)).err().unwrap().to_string();
            assert!(said.contains("--allow-insecure-host"), "{said}");
        }
        assert!(hosts(&["files"]).check_link(&page, &link("http://files/x.whl")).is_ok());
        assert!(hosts(&[]).check_link(&link("http://127.0.0.1/"), &link("http://127.0.0.1:1/x.whl")).is_ok());
    }
}
