//! What has to convince: receipts, seals and bundles. A changed one may be refused and nothing else,
//! unless whoever holds the key signed it again.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;
use waybill_core::cbor;
use waybill_core::id::Epoch;
use waybill_core::journal::{Genesis, Head};
use waybill_sync::envelope;
use waybill_sync::receipt::Receipt;
use waybill_sync::seal::{is_sealed, seal};
use waybill_sync::wire::SyncDown;
use waybill_testkit::clock::SeededDice;
use waybill_verify::{Request, run};

use crate::cbor::Node;
use crate::harness::{Fate, LIMITS, Limits, Target};
use crate::mutate::{self, one};
use crate::seal::sign_again;
use crate::stage::{Stage, folder};

/// Receipts as a phone reads them. The first byte says whether the hub signed what is there.
pub(crate) struct Receipts {
    bytes: Vec<Vec<u8>>,
    read: Vec<Receipt>,
}

impl Target for Receipts {
    const NAME: &'static str = "receipt";

    fn new() -> Self {
        let stage = Stage::get();
        let open = |body: &Vec<u8>| envelope::open::<SyncDown>("answer", body).unwrap();
        let bytes: Vec<_> = stage.downs.iter().map(|body| open(body).receipt.to_vec()).collect();
        let key = stage.hub_key.public();
        let read = |bytes: &Vec<u8>| Receipt::open(bytes, key, stage.device).unwrap();
        Self { read: bytes.iter().map(read).collect(), bytes }
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        let mut receipt = one(dice, &self.bytes).clone();
        let mut is_signed = 0;
        if dice.percent(50) {
            mutate::bytes(dice, &mut receipt, &self.bytes);
        } else {
            let mut cose = Node::read(&receipt).unwrap();
            if dice.percent(40) {
                cose.mutate(dice);
            } else if let Some(payload) = cose.at(2) {
                payload.mutate(dice);
                sign_again(&mut cose, b"waybill receipt 1", &Stage::get().hub_key);
                is_signed = 1;
            }
            receipt = cose.write();
        }
        [vec![is_signed], receipt].concat()
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let (stage, Some((is_signed, bytes))) = (Stage::get(), input.split_first()) else {
            return Ok("nothing");
        };
        match Receipt::open(bytes, stage.hub_key.public(), stage.device) {
            Ok(_) if *is_signed == 1 => Ok("signed"),
            Ok(receipt) if self.read.contains(&receipt) => Ok("the same"),
            Ok(receipt) => Err(format!("a changed receipt is believed: {receipt:?}")),
            Err(code) => Ok(code.word()),
        }
    }
}

/// Seals on heads.
pub(crate) struct Seals {
    head: Head,
    seal: Vec<u8>,
}

const SEAL_BYTES: usize = 64;

impl Target for Seals {
    const NAME: &'static str = "seal";

    fn new() -> Self {
        let stage = Stage::get();
        let start = Genesis { device: stage.device, epoch: Epoch::after(None, 3), after: None };
        let head = start.head().after(b"a fact");
        Self { head, seal: seal(&stage.key, stage.device, head).to_vec() }
    }

    /// A seal, then the head that it is said to be on.
    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        let mut seal = self.seal.clone();
        let mut head = Node::read(&cbor::encode(&self.head)).unwrap();
        if dice.percent(60) {
            mutate::bytes(dice, &mut seal, &[]);
            seal.resize(SEAL_BYTES, 0);
        } else {
            head.mutate(dice);
        }
        [seal, head.write()].concat()
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let (stage, Some((seal, head))) = (Stage::get(), input.split_at_checked(SEAL_BYTES)) else {
            return Ok("nothing");
        };
        let Ok(head) = cbor::decode::<Head>("head", head) else {
            return Ok("no head");
        };
        let is_same = seal == self.seal && head == self.head;
        match is_sealed(&stage.key.public(), stage.device, head, seal) {
            true if is_same => Ok("the same"),
            true => Err(format!("a changed seal holds for {head:?}")),
            false if is_same => Err("the seal does not hold".to_owned()),
            false => Ok("refused"),
        }
    }
}

/// Bundles, through the program that checks them. The first byte says whether the hub signed it.
pub(crate) struct Bundles {
    file: Node,
    path: PathBuf,
    _dir: TempDir,
}

/// Where the digest and the signed part are in a bundle.
const DIGEST: usize = 2;
const SIGNED: usize = 3;

impl Bundles {
    fn signed(&self, dice: &SeededDice) -> Node {
        let mut file = self.file.clone();
        let Some(Node::Nested(cose)) = file.at(SIGNED) else {
            return file;
        };
        if let Some(payload) = cose.at(2)
            && dice.percent(97)
        {
            payload.mutate(dice);
        }
        sign_again(cose, b"waybill bundle 1", &Stage::get().hub_key);
        let digest = <sha2::Sha256 as sha2::Digest>::digest(cose.write());
        if let Some(told) = file.at(DIGEST) {
            *told = Node::Bytes(digest.to_vec());
        }
        file
    }
}

impl Target for Bundles {
    const NAME: &'static str = "bundle";
    /// A bundle may hold many seals, and each costs the check of a signature. It is checked on the machine
    /// of whoever wants to know.
    const LIMITS: Limits = Limits { cpu: Duration::from_secs(1), ..LIMITS };

    fn new() -> Self {
        let dir = folder();
        let file = Node::read(&Stage::get().bundle).unwrap();
        Self { file, path: dir.path().join("a.waybill"), _dir: dir }
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        if dice.percent(60) {
            return [vec![1], self.signed(dice).write()].concat();
        }
        let mut bundle = self.file.write();
        if dice.percent(50) {
            mutate::bytes(dice, &mut bundle, &[]);
        } else {
            let mut file = self.file.clone();
            file.mutate(dice);
            bundle = file.write();
        }
        [vec![0], bundle].concat()
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let (stage, Some((is_signed, bytes))) = (Stage::get(), input.split_first()) else {
            return Ok("nothing");
        };
        std::fs::write(&self.path, bytes).map_err(|error| error.to_string())?;
        let hub_key = Some(stage.hub_key.public());
        let request = Request { bundle: self.path.clone(), hub_key, extract: None };
        let mut said = Vec::new();
        let holds = run(&request, &mut said).map_err(|error| error.to_string())?;
        match holds {
            true if *is_signed == 1 || bytes == stage.bundle => Ok("holds"),
            true => Err("a changed bundle holds".to_owned()),
            false if bytes == stage.bundle => Err("the bundle does not hold".to_owned()),
            false => Ok("refused"),
        }
    }
}
