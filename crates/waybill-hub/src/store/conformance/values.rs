//! Values: what goes in comes back, to the last byte, and sorts as bytes do.

use std::ops::ControlFlow;

use super::Ground;
use crate::error::HubError;
use crate::store::database::Session;
use crate::store::{Fault, Tx, Value, values, write};

const MEBIBYTE: usize = 1024 * 1024;

fn add_policy(tx: &Tx<'_>, version: i64, bytes: &[u8]) -> Result<u64, HubError> {
    tx.execute("INSERT INTO policies (version, bytes) VALUES ($1, $2)", values![version, bytes])
}

fn add_person(tx: &Tx<'_>, id: &str, name: &str, login: Option<&str>) -> Result<u64, HubError> {
    tx.execute(
        "INSERT INTO people (person_id, name, role, login, password_hash)
         VALUES ($1, $2, 'driver', $3, $4)",
        values![id, name, login, login],
    )
}

pub(in crate::store) fn values_of_every_kind_come_back_at_their_limits(ground: &impl Ground) {
    let database = ground.database().unwrap();
    let all_bytes: Vec<u8> = (0..=u8::MAX).cycle().take(MEBIBYTE).collect();
    for (version, bytes) in [(1, &[][..]), (2, &[0]), (3, &all_bytes), (i64::MAX, &[0xFF; 32])] {
        write(&*database, |tx| {
            add_policy(tx, version, bytes)?;
            let sql = "SELECT version, bytes FROM policies WHERE version = $1";
            let back = tx.get(sql, values![version], |row| Ok((row.get(0)?, row.get(1)?)))?;
            assert_eq!(back, Some((version, bytes.to_vec())), "{} bytes", bytes.len());
            Ok::<_, HubError>(())
        })
        .unwrap();
    }
    for at_ms in [i64::MIN, -1, 0, 1, i64::MAX] {
        write(&*database, |tx| {
            let sql = "INSERT INTO audit (at_ms, who, act, about) VALUES ($1, '', 'at', '')";
            tx.execute(sql, values![at_ms])?;
            let sql = "SELECT COUNT(*) FROM audit WHERE at_ms = $1";
            assert_eq!(tx.value::<i64>(sql, values![at_ms])?, 1, "{at_ms}");
            let sql = "SELECT at_ms FROM audit WHERE at_ms = $1";
            assert_eq!(tx.value::<i64>(sql, values![at_ms])?, at_ms);
            Ok::<_, HubError>(())
        })
        .unwrap();
    }
    let long = "🚚".repeat(MEBIBYTE / 4);
    for (id, name, login) in [
        ("a", "🚚\u{10FFFF}e\u{301}\r\n'\"\\%", Some("$1")),
        ("b", long.as_str(), None),
        ("c", " ", Some("")),
    ] {
        write(&*database, |tx| {
            add_person(tx, id, name, login)?;
            let sql = "SELECT name, login FROM people WHERE person_id = $1";
            let back = tx.get(sql, values![id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            assert_eq!(back, Some((name.to_owned(), login.map(str::to_owned))), "{id}");
            Ok::<_, HubError>(())
        })
        .unwrap();
    }
}

pub(in crate::store) fn a_text_with_a_nul_comes_back_whole_or_is_refused(ground: &impl Ground) {
    let database = ground.database().unwrap();
    let kept = write(&*database, |tx| add_person(tx, "a", "left\0right", None));
    let sql = "SELECT name FROM people WHERE person_id = 'a'";
    let back = crate::store::read(&*database, |tx| {
        tx.get(sql, values![], |row| row.get::<String>(0)).map(Option::unwrap_or_default)
    });
    let expected = if kept.is_ok() { "left\0right" } else { "" };
    assert_eq!(back.unwrap(), expected, "half a text is kept");
}

pub(in crate::store) fn a_column_of_another_kind_cannot_be_read(ground: &impl Ground) {
    let database = ground.database().unwrap();
    write(&*database, |tx| {
        add_person(tx, "a", "Ada", None)?;
        let sql = "SELECT name, login FROM people";
        let refused = tx.get(sql, values![], |row| row.get::<i64>(0)).unwrap_err();
        assert!(matches!(&refused, HubError::Store(error) if error.fault == Fault::Unreadable));
        assert!(tx.get(sql, values![], |row| row.get::<Vec<u8>>(0)).is_err(), "text as bytes");
        assert!(tx.get(sql, values![], |row| row.get::<String>(1)).is_err(), "nothing as text");
        assert!(tx.get(sql, values![], |row| row.get::<String>(2)).is_err(), "past the end");
        assert!(tx.get(sql, values![], |row| row.one_of(0, &["Bob"], |word| word)).is_err());
        Ok::<_, HubError>(())
    })
    .unwrap();
}

pub(in crate::store) fn text_sorts_and_compares_by_its_bytes(ground: &impl Ground) {
    let database = ground.database().unwrap();
    let sorted = ["A", "B", "B-2", "B1", "Z", "_", "a", "b", "z", "Ä", "é", "ﬀ", "🚚"];
    write(&*database, |tx| {
        for id in sorted.iter().rev() {
            add_person(tx, id, id, None)?;
        }
        let sql = "SELECT person_id FROM people ORDER BY person_id";
        let found: Vec<String> = tx.list(sql, values![], |row| row.get(0))?;
        assert_eq!(found, sorted);
        let sql = "SELECT COUNT(*) FROM people WHERE person_id BETWEEN $1 AND $2";
        assert_eq!(tx.value::<i64>(sql, values!["B", "a"])?, 6, "B, B-2, B1, Z, _ and a");
        assert_eq!(tx.value::<i64>(sql, values!["ä", "ä"])?, 0, "case is no matter to it");
        Ok::<_, HubError>(())
    })
    .unwrap();
}

pub(in crate::store) fn a_truth_comes_back_as_a_number(ground: &impl Ground) {
    let database = ground.database().unwrap();
    write(&*database, |tx| {
        let sql = "SELECT EXISTS (SELECT 1 FROM people WHERE person_id = $1)";
        assert!(!tx.value::<bool>(sql, values!["a"])?);
        add_person(tx, "a", "Ada", None)?;
        assert!(tx.value::<bool>(sql, values!["a"])?);
        assert_eq!(tx.value::<i64>(sql, values!["a"])?, 1);
        Ok::<_, HubError>(())
    })
    .unwrap();
}

pub(in crate::store) fn a_parameter_may_be_named_twice(ground: &impl Ground) {
    let database = ground.database().unwrap();
    write(&*database, |tx| {
        add_person(tx, "a", "same", Some("a"))?;
        add_person(tx, "b", "same", Some("c"))?;
        let sql = "SELECT person_id FROM people WHERE login = $1 AND name = $2 AND person_id = $1";
        let found: Vec<String> = tx.list(sql, values!["a", "same"], |row| row.get(0))?;
        assert_eq!(found, ["a"]);
        let sql =
            "SELECT person_id FROM people WHERE (CAST($1 AS TEXT) IS NULL OR login = $1) ORDER BY person_id";
        let all: Vec<String> = tx.list(sql, &[Value::Null], |row| row.get(0))?;
        assert_eq!(all, ["a", "b"], "nothing is not known as nothing");
        assert!(tx.execute("DELETE FROM people WHERE login = $1", values![]).is_err());
        Ok::<_, HubError>(())
    })
    .unwrap_or_else(|error| panic!("{error}"));
}

pub(in crate::store) fn rows_come_until_they_are_told_to_stop(ground: &impl Ground) {
    let database = ground.database().unwrap();
    let session = database.begin_write().unwrap();
    let sql = "INSERT INTO policies (version, bytes) VALUES ($1, $2)";
    for version in 1..=5_i64 {
        let written = session.prepare(sql).unwrap().execute(values![version, &[0_u8; 4]]);
        assert_eq!(written.unwrap(), 1);
    }
    for most in [1, 3, 9] {
        let mut seen = Vec::new();
        versions(&*session, &mut |version| {
            seen.push(version);
            if seen.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(seen, (1..=5).take(most).collect::<Vec<i64>>());
    }
    session.commit().unwrap();
}

fn versions(session: &dyn Session, each: &mut dyn FnMut(i64) -> ControlFlow<()>) {
    let sql = "SELECT version FROM policies ORDER BY version";
    session.query(sql, values![], &mut |row| each(row.get(0).unwrap())).unwrap();
}
