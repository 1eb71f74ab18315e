//! People of the company: who they are, how they sign in, and how often they may try.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use waybill_core::id::PersonId;
use waybill_core::job::text_fault;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;

use crate::api::view::{PeopleView, PersonView, PutPerson, SessionView, SignIn};
use crate::clock::{Dice, roll};
use crate::error::HubError;
use crate::hub::{Asker, Hub, PasswordCost, token_hash};
use crate::plans::{fault, refuse_faults};

/// How long a session lasts.
pub(crate) const SESSION_MS: i64 = 12 * 3_600_000;
const PASSWORD_BYTES_MIN: usize = 10;
const PASSWORD_BYTES_MAX: usize = 200;
const LOGIN_BYTES_MAX: usize = 200;
/// Failed tries per login in one minute.
const TRIES_MAX: u32 = 5;
const TRIES_WITHIN_MS: i64 = 60_000;
/// The most logins whose tries are remembered. Where more are tried at once, the oldest is forgotten: to
/// refuse the rest would let anybody lock everybody out.
const TRIED_LOGINS_MAX: usize = 10_000;
/// Passwords looked at in the same moment: each takes memory and a core.
const AT_ONCE_MAX: usize = 2;

/// What stands between a password and a session.
pub(crate) struct Door {
    argon: Argon2<'static>,
    /// Hashed for logins that do not exist, so that they take as long as those that do.
    nobody: String,
    tries: Mutex<BTreeMap<String, (Timestamp, u32)>>,
    /// Taken by whoever serves sign-ins over a network.
    pub(crate) turnstile: Semaphore,
}

impl Door {
    pub(crate) fn new(cost: PasswordCost, dice: &dyn Dice) -> Result<Self, HubError> {
        let params = match cost {
            PasswordCost::Full => Params::DEFAULT,
            PasswordCost::Light => Params::new(8, 1, 1, None).unwrap_or(Params::DEFAULT),
        };
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon, dice, "nobody")?;
        let tries = Mutex::default();
        Ok(Self { argon, nobody, tries, turnstile: Semaphore::new(AT_ONCE_MAX) })
    }

    fn verifies(&self, password: &str, hash: &str) -> Result<bool, HubError> {
        let hash = PasswordHash::new(hash).map_err(argon2::password_hash::Error::from)?;
        Ok(self.argon.verify_password(password.as_bytes(), &hash).is_ok())
    }

    /// Counts a try, before it is looked at: tries at the same time count too.
    fn knock(&self, login: &str, now: Timestamp) -> Result<(), Code> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, (since, _)| now.since(*since) < TRIES_WITHIN_MS);
        if tries.len() >= TRIED_LOGINS_MAX && !tries.contains_key(login) {
            let oldest = tries.iter().min_by_key(|(_, (since, _))| *since);
            if let Some(oldest) = oldest.map(|(login, _)| login.clone()) {
                tries.remove(&oldest);
            }
        }
        let (_, count) = tries.entry(login.to_owned()).or_insert((now, 0));
        *count = count.saturating_add(1);
        if *count > TRIES_MAX { Err(Code::TooManyTries) } else { Ok(()) }
    }

    fn forget(&self, login: &str) {
        self.tries.lock().unwrap_or_else(PoisonError::into_inner).remove(login);
    }
}

fn hash(argon: &Argon2<'_>, dice: &dyn Dice, password: &str) -> Result<String, HubError> {
    let salt: [u8; 16] = roll(dice)?;
    Ok(argon.hash_password_with_salt(password.as_bytes(), &salt)?.to_string())
}

/// A login is the same however it is written.
fn plain(login: &str) -> String {
    login.trim().to_lowercase()
}

impl Hub {
    /// Somebody of the company.
    pub fn person(&self, person_id: &PersonId) -> Result<PersonView, HubError> {
        self.store.read(|tx| tx.get_person(person_id)?.ok_or(Code::NotFound.into()))
    }

    /// Everybody of the company.
    pub fn people(&self) -> Result<PeopleView, HubError> {
        self.store.read(|tx| {
            let people = tx.list_people()?;
            Ok(PeopleView { people })
        })
    }

    /// Writes somebody down. Whose rights or password change, signs in again.
    pub fn put_person(
        &self,
        asker: &Asker,
        person_id: &PersonId,
        put: &PutPerson,
    ) -> Result<PersonView, HubError> {
        let login = put.login.as_deref().map(plain).filter(|login| !login.is_empty());
        let mut faults = Vec::new();
        text_fault(&mut faults, "name", &put.name, true);
        if login.as_ref().is_some_and(|login| login.len() > LOGIN_BYTES_MAX) {
            faults.push(fault("login", "too_long"));
        }
        if let Some(password) = &put.password {
            if password.len() < PASSWORD_BYTES_MIN {
                faults.push(fault("password", "too_short"));
            } else if password.len() > PASSWORD_BYTES_MAX {
                faults.push(fault("password", "too_long"));
            }
        }
        refuse_faults(faults)?;
        let password_hash = match &put.password {
            Some(password) => Some(hash(&self.door.argon, self.dice(), password)?),
            None => None,
        };
        let mut depots = put.depots.clone();
        depots.sort();
        depots.dedup();
        let person = PersonView {
            person_id: person_id.clone(),
            name: put.name.clone(),
            role: put.role,
            depots,
        };
        let now = self.now();
        self.store.write(|tx| {
            let mut faults = Vec::new();
            let held_login = tx.get_login_of(person_id)?;
            if let Some(login) = &login
                && tx.get_login(login)?.is_some_and(|(other, _)| other != *person_id)
            {
                faults.push(fault("login", "taken"));
            }
            match (&held_login, &login, &password_hash) {
                (None, Some(_), None) => faults.push(fault("password", "missing")),
                (None, None, Some(_)) => faults.push(fault("login", "missing")),
                _ => {}
            }
            refuse_faults(faults)?;
            let before = tx.get_person(person_id)?;
            tx.put_person(&person, login.as_deref(), password_hash.as_deref())?;
            let has_other_rights = before.is_some_and(|before| {
                (before.role, before.depots) != (person.role, person.depots.clone())
            });
            if has_other_rights || password_hash.is_some() {
                tx.delete_sessions_of(person_id)?;
            }
            tx.add_audit(now, asker.word(), "put_person", person_id.as_str())
        })?;
        Ok(person)
    }

    /// Opens a session for whoever knows the password.
    pub fn sign_in(&self, sign_in: &SignIn) -> Result<SessionView, HubError> {
        let (login, now) = (plain(&sign_in.login), self.now());
        if login.len() > LOGIN_BYTES_MAX || sign_in.password.len() > PASSWORD_BYTES_MAX {
            return Err(Code::SignInWrong.into());
        }
        self.door.knock(&login, now)?;
        let known = self.store.read(|tx| tx.get_login(&login))?;
        let hash = known.as_ref().map_or(self.door.nobody.as_str(), |(_, hash)| hash);
        let is_right = self.door.verifies(&sign_in.password, hash)?;
        let Some((person_id, _)) = known.filter(|_| is_right) else {
            return Err(Code::SignInWrong.into());
        };
        self.door.forget(&login);
        let token = self.new_token()?;
        let person = self.store.write(|tx| {
            tx.put_session(&token_hash(&token), &person_id, now, now.plus_ms(SESSION_MS))?;
            tx.add_audit(now, person_id.as_str(), "sign_in", "")?;
            tx.get_person(&person_id)?.ok_or(HubError::from(Code::SignInWrong))
        })?;
        Ok(SessionView { person, company: self.company().to_owned(), token: Some(token) })
    }

    /// Ends a session.
    pub fn sign_out(&self, token: &str) -> Result<(), HubError> {
        self.store.write(|tx| tx.delete_session(&token_hash(token)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MORNING, options};

    #[test]
    fn many_logins_tried_at_once_lock_nobody_else_out() {
        let options = options();
        let door = Door::new(options.password_cost, options.dice.as_ref()).unwrap();
        let logins = i64::try_from(TRIED_LOGINS_MAX).unwrap();
        for login in 0..logins {
            door.knock(&format!("guess-{login}"), Timestamp(MORNING + login)).unwrap();
        }
        let now = Timestamp(MORNING + logins);
        assert_eq!(door.knock("ada", now), Ok(()));
        for _ in 1..TRIES_MAX {
            door.knock("ada", now).unwrap();
        }
        assert_eq!(door.knock("ada", now), Err(Code::TooManyTries), "the newest is remembered");
        assert_eq!(door.tries.lock().unwrap().len(), TRIED_LOGINS_MAX);
    }
}
