//! People, the depots whose work they may see, and their sessions.

use waybill_core::id::{DepotId, PersonId};
use waybill_core::role::Role;
use waybill_core::time::Timestamp;

use super::{DatabaseError, Row, Tx, values};
use crate::api::view::PersonView;
use crate::error::HubError;

pub(super) fn role(row: Row<'_>, column: usize) -> Result<Role, DatabaseError> {
    Role::from_word(row.get(column)?).ok_or_else(|| DatabaseError::unreadable(column))
}

impl Tx<'_> {
    fn with_depots(
        &self,
        row: Option<(PersonId, String, Role)>,
    ) -> Result<Option<PersonView>, HubError> {
        let Some((person_id, name, role)) = row else {
            return Ok(None);
        };
        let sql = "SELECT depot_id FROM person_depots WHERE person_id = $1 ORDER BY depot_id";
        let depots: Vec<DepotId> =
            self.list(sql, values![person_id.as_str()], |row| row.word(0))?;
        Ok(Some(PersonView { person_id, name, role, depots }))
    }

    /// Finds somebody.
    pub(crate) fn get_person(&self, person_id: &PersonId) -> Result<Option<PersonView>, HubError> {
        let sql = "SELECT person_id, name, role FROM people WHERE person_id = $1";
        self.with_depots(self.get(sql, values![person_id.as_str()], read_person)?)
    }

    /// Everybody.
    pub(crate) fn list_people(&self) -> Result<Vec<PersonView>, HubError> {
        let sql = "SELECT person_id FROM people ORDER BY name, person_id";
        let ids: Vec<PersonId> = self.list(sql, values![], |row| row.word(0))?;
        let people = ids.iter().filter_map(|id| self.get_person(id).transpose());
        people.collect()
    }

    /// Writes somebody down. Login and password stay as they are where none are given.
    pub(crate) fn put_person(
        &self,
        person: &PersonView,
        login: Option<&str>,
        password_hash: Option<&str>,
    ) -> Result<(), HubError> {
        let id = person.person_id.as_str();
        self.execute(
            "INSERT INTO people (person_id, name, role, login, password_hash)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (person_id) DO UPDATE SET
                 name = excluded.name, role = excluded.role,
                 login = COALESCE(excluded.login, people.login),
                 password_hash = COALESCE(excluded.password_hash, people.password_hash)",
            values![id, &person.name, person.role.word(), login, password_hash],
        )?;
        self.execute("DELETE FROM person_depots WHERE person_id = $1", values![id])?;
        for depot in &person.depots {
            self.execute(
                "INSERT INTO person_depots (person_id, depot_id) VALUES ($1, $2)
                 ON CONFLICT DO NOTHING",
                values![id, depot.as_str()],
            )?;
        }
        Ok(())
    }

    /// Whose login it is, and the hash of their password.
    pub(crate) fn get_login(&self, login: &str) -> Result<Option<(PersonId, String)>, HubError> {
        let sql = "SELECT person_id, password_hash FROM people WHERE login = $1";
        self.get(sql, values![login], |row| Ok((row.word(0)?, row.get(1)?)))
    }

    /// The login somebody signs in with.
    pub(crate) fn get_login_of(&self, person_id: &PersonId) -> Result<Option<String>, HubError> {
        let sql = "SELECT login FROM people WHERE person_id = $1";
        let login = self.get(sql, values![person_id.as_str()], |row| row.get(0))?;
        Ok(login.flatten())
    }

    /// Opens a session, and forgets those that have ended.
    pub(crate) fn put_session(
        &self,
        token_hash: &[u8; 32],
        person_id: &PersonId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), HubError> {
        self.execute("DELETE FROM sessions WHERE expires_at_ms <= $1", values![now])?;
        self.execute(
            "INSERT INTO sessions (token_hash, person_id, expires_at_ms) VALUES ($1, $2, $3)",
            values![token_hash, person_id.as_str(), expires_at],
        )?;
        Ok(())
    }

    /// Whose session it is, if it has not ended.
    pub(crate) fn get_session(
        &self,
        token_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<PersonView>, HubError> {
        let sql = "SELECT people.person_id, name, role FROM sessions
                   JOIN people ON people.person_id = sessions.person_id
                   WHERE token_hash = $1 AND expires_at_ms > $2";
        self.with_depots(self.get(sql, values![token_hash, now], read_person)?)
    }

    /// Ends a session.
    pub(crate) fn delete_session(&self, token_hash: &[u8; 32]) -> Result<(), HubError> {
        self.execute("DELETE FROM sessions WHERE token_hash = $1", values![token_hash])?;
        Ok(())
    }

    /// Ends every session of somebody whose rights or password have changed.
    pub(crate) fn delete_sessions_of(&self, person_id: &PersonId) -> Result<(), HubError> {
        let sql = "DELETE FROM sessions WHERE person_id = $1";
        self.execute(sql, values![person_id.as_str()])?;
        Ok(())
    }
}

fn read_person(row: Row<'_>) -> Result<(PersonId, String, Role), DatabaseError> {
    Ok((row.word(0)?, row.get(1)?, role(row, 2)?))
}
