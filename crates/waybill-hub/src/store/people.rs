//! People, the depots whose work they may see, and their sessions.

use rusqlite::{OptionalExtension, Row, params};
use waybill_core::id::{DepotId, PersonId};
use waybill_core::role::Role;
use waybill_core::time::Timestamp;

use super::{Tx, bad, word};
use crate::api::view::PersonView;
use crate::error::HubError;

pub(super) fn role(row: &Row<'_>) -> rusqlite::Result<Role> {
    let text: String = row.get("role")?;
    Role::from_word(&text).ok_or_else(|| bad("role", rusqlite::types::Type::Text))
}

impl Tx<'_> {
    fn with_depots(
        &self,
        row: Option<(PersonId, String, Role)>,
    ) -> Result<Option<PersonView>, HubError> {
        let Some((person_id, name, role)) = row else {
            return Ok(None);
        };
        let sql = "SELECT depot_id FROM person_depots WHERE person_id = ? ORDER BY depot_id";
        let mut query = self.0.prepare_cached(sql)?;
        let depots = query.query_map([person_id.as_str()], |row| word(row, "depot_id"))?;
        let depots = depots.collect::<Result<Vec<DepotId>, _>>()?;
        Ok(Some(PersonView { person_id, name, role, depots }))
    }

    /// Finds somebody.
    pub(crate) fn get_person(&self, person_id: &PersonId) -> Result<Option<PersonView>, HubError> {
        let sql = "SELECT person_id, name, role FROM people WHERE person_id = ?";
        let mut query = self.0.prepare_cached(sql)?;
        let row = query.query_row([person_id.as_str()], read_person).optional()?;
        self.with_depots(row)
    }

    /// Everybody.
    pub(crate) fn list_people(&self) -> Result<Vec<PersonView>, HubError> {
        let mut query =
            self.0.prepare_cached("SELECT person_id FROM people ORDER BY name, person_id")?;
        let ids = query.query_map([], |row| word(row, "person_id"))?;
        let ids = ids.collect::<Result<Vec<PersonId>, _>>()?;
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
        self.0.execute(
            "INSERT INTO people (person_id, name, role, login, password_hash) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (person_id) DO UPDATE SET
                 name = excluded.name, role = excluded.role,
                 login = COALESCE(excluded.login, people.login),
                 password_hash = COALESCE(excluded.password_hash, people.password_hash)",
            params![id, person.name, person.role.word(), login, password_hash],
        )?;
        self.0.execute("DELETE FROM person_depots WHERE person_id = ?", [id])?;
        for depot in &person.depots {
            self.0.execute(
                "INSERT INTO person_depots (person_id, depot_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                [id, depot.as_str()],
            )?;
        }
        Ok(())
    }

    /// Whose login it is, and the hash of their password.
    pub(crate) fn get_login(&self, login: &str) -> Result<Option<(PersonId, String)>, HubError> {
        let sql = "SELECT person_id, password_hash FROM people WHERE login = ?";
        let row = self.0.query_row(sql, [login], |row| {
            Ok((word(row, "person_id")?, row.get("password_hash")?))
        });
        Ok(row.optional()?)
    }

    /// The login somebody signs in with.
    pub(crate) fn get_login_of(&self, person_id: &PersonId) -> Result<Option<String>, HubError> {
        let sql = "SELECT login FROM people WHERE person_id = ?";
        let row = self.0.query_row(sql, [person_id.as_str()], |row| row.get(0));
        Ok(row.optional()?.flatten())
    }

    /// Opens a session, and forgets those that have ended.
    pub(crate) fn put_session(
        &self,
        token_hash: &[u8; 32],
        person_id: &PersonId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), HubError> {
        self.0.execute("DELETE FROM sessions WHERE expires_at_ms <= ?", [now.0])?;
        self.0.execute(
            "INSERT INTO sessions (token_hash, person_id, expires_at_ms) VALUES (?, ?, ?)",
            params![token_hash, person_id.as_str(), expires_at.0],
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
                   WHERE token_hash = ? AND expires_at_ms > ?";
        let mut query = self.0.prepare_cached(sql)?;
        let row = query.query_row(params![token_hash, now.0], read_person).optional()?;
        self.with_depots(row)
    }

    /// Ends a session.
    pub(crate) fn delete_session(&self, token_hash: &[u8; 32]) -> Result<(), HubError> {
        self.0.execute("DELETE FROM sessions WHERE token_hash = ?", [token_hash])?;
        Ok(())
    }

    /// Ends every session of somebody whose rights or password have changed.
    pub(crate) fn delete_sessions_of(&self, person_id: &PersonId) -> Result<(), HubError> {
        self.0.execute("DELETE FROM sessions WHERE person_id = ?", [person_id.as_str()])?;
        Ok(())
    }
}

fn read_person(row: &Row<'_>) -> rusqlite::Result<(PersonId, String, Role)> {
    Ok((word(row, "person_id")?, row.get("name")?, role(row)?))
}
