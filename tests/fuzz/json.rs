//! Mutations that know JSON: a body stays JSON and says something else.

use serde_json::{Value, json};
use waybill_testkit::clock::SeededDice;

use crate::mutate::{self, below, odd, one};

/// Texts at which readers stumble.
const ODD: [&str; 10] =
    ["", " ", "\u{0}", "\u{202e}x", "../../x", "=1+1", "1e999", "null", "\u{1f69a}\u{1f69a}", "R1"];

/// Changes some place of the body, or its bytes.
pub(crate) fn mutate(dice: &SeededDice, value: &Value) -> Vec<u8> {
    let mut value = value.clone();
    for _ in 0..=dice.below(2) {
        change(dice, &mut value);
    }
    let mut bytes = serde_json::to_vec(&value).unwrap();
    if dice.percent(15) {
        mutate::bytes(dice, &mut bytes, &[]);
    }
    bytes
}

fn change(dice: &SeededDice, value: &mut Value) {
    match value {
        Value::Object(fields) if !fields.is_empty() && dice.percent(90) => {
            let at = below(dice, fields.len());
            let name = fields.keys().nth(at).unwrap().clone();
            if dice.percent(8) {
                fields.remove(&name);
            } else {
                change(dice, &mut fields[&name]);
            }
        }
        Value::Array(items) if !items.is_empty() && dice.percent(85) => {
            let at = below(dice, items.len());
            match dice.below(12) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => change(dice, &mut items[at]),
            }
        }
        other => *other = strange(dice, other),
    }
}

fn strange(dice: &SeededDice, value: &Value) -> Value {
    match dice.below(10) {
        0 => Value::Null,
        1 => json!(odd(dice)),
        2 => json!(odd(dice).cast_signed()),
        3 => json!(one(dice, &[0.5, -0.0, 1e300, -1e300, 90.5])),
        4 => json!([value]),
        5 => json!({ "x": value }),
        6 => json!("x".repeat(below(dice, 3_000))),
        7 => (0..below(dice, 200)).fold(value.clone(), |inner, _| json!([inner])),
        _ => json!(one(dice, &ODD)),
    }
}
