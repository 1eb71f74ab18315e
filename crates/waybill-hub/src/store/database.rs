//! What the store asks of a database, whichever it is.
//!
//! The store's verbs are written once, over one text of SQL that SQLite and PostgreSQL both speak. Beneath
//! them is this small contract; `conformance` says what every database must do to be one. Parameters are
//! `$1`, `$2` and so on, first named in that order. Text sorts by its bytes. A truth comes back as 0 or 1.
//! What a job or a fact is, nothing here knows.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::str::FromStr;

use minicbor::Decode;
use waybill_core::cbor;
use waybill_core::time::Timestamp;

use crate::error::HubError;

/// The most columns that one row is read with.
pub(crate) const COLUMNS_MAX: usize = 16;

/// A database of one store: one writer, a few readers.
pub(crate) trait Database: Send + Sync {
    /// Begins a write, alone: it waits until the one before has ended.
    fn begin_write(&self) -> Result<Box<dyn Session + '_>, DatabaseError>;

    /// Begins a read. It sees one moment, whatever is written meanwhile.
    fn begin_read(&self) -> Result<Box<dyn Session + '_>, DatabaseError>;

    /// Copies one moment into a file, while others read and write.
    fn copy_to(&self, file: &Path) -> Result<Box<dyn Database>, HubError>;

    /// Closes a database that is one file: sound, whole and on the disk.
    fn close(self: Box<Self>) -> Result<(), HubError>;
}

/// One transaction. Dropped without a commit, it did not happen.
pub(crate) trait Session {
    /// Makes a statement ready that writes, to be done any number of times.
    fn prepare(&self, sql: &str) -> Result<Box<dyn Statement + '_>, DatabaseError>;

    /// Hands over each row of an answer until it is told to stop.
    fn query(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), DatabaseError>;

    /// Ends the transaction. When this returns, what it wrote is on the disk.
    fn commit(self: Box<Self>) -> Result<(), DatabaseError>;
}

/// A statement that writes.
pub(crate) trait Statement {
    /// Does it; answers how many rows it wrote.
    fn execute(&mut self, values: &[Value<'_>]) -> Result<u64, DatabaseError>;
}

/// What goes into a statement or comes out of a column. There are no fractions and no truths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'v> {
    Null,
    Integer(i64),
    Text(&'v str),
    Bytes(&'v [u8]),
}

/// One row of an answer. Its columns are known by their places, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'r>(pub(super) &'r [Value<'r>]);

/// What a column can be read as.
pub(crate) trait Read<'r>: Sized {
    fn read(value: Value<'r>) -> Option<Self>;
}

impl<'r> Row<'r> {
    /// Reads a column.
    pub(crate) fn get<T: Read<'r>>(self, column: usize) -> Result<T, DatabaseError> {
        let value = self.0.get(column).copied();
        value.and_then(T::read).ok_or_else(|| DatabaseError::unreadable(column))
    }

    /// Reads a column whose text is one of our words or ids.
    pub(crate) fn word<T: FromStr>(self, column: usize) -> Result<T, DatabaseError> {
        let text: &str = self.get(column)?;
        text.parse().map_err(|_| DatabaseError::unreadable(column))
    }

    /// Reads a column whose text is the word of one of a few.
    pub(crate) fn one_of<T: Copy>(
        self,
        column: usize,
        all: &[T],
        word: impl Fn(T) -> &'static str,
    ) -> Result<T, DatabaseError> {
        let text: &str = self.get(column)?;
        let found = all.iter().copied().find(|each| word(*each) == text);
        found.ok_or_else(|| DatabaseError::unreadable(column))
    }

    /// Reads a column whose bytes are one of our ids or hashes.
    pub(crate) fn bytes<T: TryFrom<&'r [u8]>>(self, column: usize) -> Result<T, DatabaseError> {
        T::try_from(self.get(column)?).map_err(|_| DatabaseError::unreadable(column))
    }

    /// Reads a column whose bytes are a record.
    pub(crate) fn record<T: Decode<'r, ()>>(
        self,
        column: usize,
        what: &'static str,
    ) -> Result<T, DatabaseError> {
        let bytes: &[u8] = self.get(column)?;
        cbor::decode(what, bytes).map_err(|_| DatabaseError::unreadable(column))
    }
}

/// What a database could not do.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub struct DatabaseError {
    pub(crate) fault: Fault,
    source: Box<dyn Error + Send + Sync>,
}

/// The kinds of failures that somebody acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Something is there already that may be there once.
    Unique,
    /// A row names another that is not there.
    Foreign,
    /// A row breaks a rule of its table.
    Check,
    /// A column holds what it should not.
    Unreadable,
    /// Another has it, and did not let go in time.
    Busy,
    /// The disk is full.
    Full,
    Other,
}

/// A column that does not hold what it should.
#[derive(Debug, thiserror::Error)]
#[error("column {0} of an answer cannot be read")]
struct Unreadable(usize);

impl DatabaseError {
    pub(super) fn new(fault: Fault, source: impl Error + Send + Sync + 'static) -> Self {
        Self { fault, source: Box::new(source) }
    }

    pub(crate) fn unreadable(column: usize) -> Self {
        Self::new(Fault::Unreadable, Unreadable(column))
    }
}

impl<'r> Read<'r> for Value<'r> {
    fn read(value: Value<'r>) -> Option<Self> {
        Some(value)
    }
}

impl<'r> Read<'r> for &'r str {
    fn read(value: Value<'r>) -> Option<Self> {
        if let Value::Text(text) = value { Some(text) } else { None }
    }
}

impl<'r> Read<'r> for &'r [u8] {
    fn read(value: Value<'r>) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes) } else { None }
    }
}

impl Read<'_> for i64 {
    fn read(value: Value<'_>) -> Option<Self> {
        if let Value::Integer(number) = value { Some(number) } else { None }
    }
}

impl Read<'_> for u32 {
    fn read(value: Value<'_>) -> Option<Self> {
        i64::read(value)?.try_into().ok()
    }
}

impl Read<'_> for bool {
    fn read(value: Value<'_>) -> Option<Self> {
        Some(i64::read(value)? != 0)
    }
}

impl Read<'_> for Timestamp {
    fn read(value: Value<'_>) -> Option<Self> {
        i64::read(value).map(Self)
    }
}

impl Read<'_> for String {
    fn read(value: Value<'_>) -> Option<Self> {
        <&str>::read(value).map(str::to_owned)
    }
}

impl Read<'_> for Vec<u8> {
    fn read(value: Value<'_>) -> Option<Self> {
        <&[u8]>::read(value).map(<[u8]>::to_vec)
    }
}

impl<const N: usize> Read<'_> for [u8; N] {
    fn read(value: Value<'_>) -> Option<Self> {
        <&[u8]>::read(value)?.try_into().ok()
    }
}

impl<'r, T: Read<'r>> Read<'r> for Option<T> {
    fn read(value: Value<'r>) -> Option<Self> {
        if value == Value::Null { Some(None) } else { T::read(value).map(Some) }
    }
}

macro_rules! integers {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Value<'_> {
            fn from(number: $kind) -> Self {
                Self::Integer(number.into())
            }
        })*
    };
}
integers!(i64, u32, bool);

impl From<Timestamp> for Value<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Integer(at.0)
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(text)
    }
}

impl<'v> From<&'v String> for Value<'v> {
    fn from(text: &'v String) -> Self {
        Self::Text(text)
    }
}

impl<'v> From<&'v [u8]> for Value<'v> {
    fn from(bytes: &'v [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'v> From<&'v Vec<u8>> for Value<'v> {
    fn from(bytes: &'v Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'v, const N: usize> From<&'v [u8; N]> for Value<'v> {
    fn from(bytes: &'v [u8; N]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'v, T: Into<Value<'v>>> From<Option<T>> for Value<'v> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement, in the order of its parameters.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::store::database::Value::from($value)),*]
    };
}
pub(crate) use values;
