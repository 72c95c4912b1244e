//! User names and passwords in `.netrc`, as for pip and uv.

use std::path::PathBuf;

use crate::address::Address;
use crate::options::IndexOptions;

/// A login for a host.
#[derive(Default)]
pub(super) struct Netrc(Vec<Login>);

struct Login {
    host: String,
    user: String,
    password: String,
}

impl Netrc {
    /// The file that `NETRC` names, else the one in the home directory. An unreadable file is ignored: the index then
    /// asks for credentials.
    pub(super) fn of(options: &IndexOptions) -> Self {
        let home = options.variable("HOME").or_else(|| options.variable("USERPROFILE")).map(PathBuf::from);
        let named = options.variable("NETRC").map(PathBuf::from);
        let files = named.map_or_else(
            || home.map(|home| vec![home.join(".netrc"), home.join("_netrc")]).unwrap_or_default(),
            |named| vec![named],
        );
        let text = files.iter().filter(|file| file.is_file()).find_map(|file| fs_err::read_to_string(file).ok());
        text.map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// An index with its credentials: its own, else those of its host. They are sent only over TLS or to this
    /// machine. An entry for any host (`default`) is not used for an index.
    pub(super) fn for_index(&self, index: Address) -> Address {
        if index.has_credentials() || !(index.is_https() || index.is_loopback()) {
            return index;
        }
        match self
            .0
            .iter()
            .find(|login| login.host == index.host() && !(login.user.is_empty() && login.password.is_empty()))
        {
            Some(login) => index.with_login(&login.user, &login.password),
            None => index,
        }
    }

    fn parse(text: &str) -> Self {
        let mut logins: Vec<Login> = Vec::new();
        let mut is_macro = false;
        let mut is_machine = false;
        for line in text.lines() {
            // A macro ends with an empty line.
            is_macro &= !line.trim().is_empty();
            if is_macro || line.trim_start().starts_with('#') {
                continue;
            }
            let mut words = line.split_ascii_whitespace();
            while let Some(word) = words.next() {
                let last = logins.last_mut().filter(|_| is_machine);
                match (word, last) {
                    ("machine", _) => {
                        let host = words.next().unwrap_or_default().to_ascii_lowercase();
                        logins.push(Login { host, user: String::new(), password: String::new() });
                        is_machine = true;
                    }
                    ("default", _) => is_machine = false,
                    ("macdef", _) => {
                        is_macro = true;
                        break;
                    }
                    ("login", Some(login)) => words.next().unwrap_or_default().clone_into(&mut login.user),
                    ("password", Some(login)) => words.next().unwrap_or_default().clone_into(&mut login.password),
                    // Their values.
                    ("login" | "password" | "account", _) => drop(words.next()),
                    _ => {}
                }
            }
        }
        Self(logins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authorization(text: &str, index: &str) -> Option<String> {
        Netrc::parse(text).for_index(Address::parse(index).unwrap()).authorization()
    }

    #[test]
    fn a_host_gets_its_own_entry() {
        let text = "# ours\nmachine other login a password b\nmacdef x\nmachine h login no password no\n\n\
                    machine H\n  login user\n  account z\n  password p@ss:w/rd\ndefault login anybody password any";
        // user:p@ss:w/rd
        assert_eq!(authorization(text, "https://h/simple").as_deref(), Some("Basic dXNlcjpwQHNzOncvcmQ="));
        assert_eq!(authorization(text, "https://h:8443/simple"), authorization(text, "https://h/simple"));
        for other in ["https://a.h/simple", "https://nobody/simple", "http://h/simple"] {
            assert_eq!(authorization(text, other), None, "{other}");
        }
        // me:own
        assert_eq!(authorization(text, "https://me:own@h/").as_deref(), Some("Basic bWU6b3du"));
    }

    #[test]
    fn text_of_any_form_ends() {
        for text in ["machine", "machine h login", "login x password y", "default", "macdef", "machine h\npassword"] {
            assert!(authorization(text, "https://x/").is_none(), "{text}");
        }
    }
}
