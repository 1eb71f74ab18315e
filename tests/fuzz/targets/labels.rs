//! What a scanner reads: GS1 element strings and Digital Links.

use waybill_core::gs1::Label;
use waybill_testkit::clock::SeededDice;

use crate::harness::{Fate, Target};
use crate::mutate::{self, one};

const SAMPLES: [&str; 10] = [
    "]C10034012345000000001702095011015300033724\u{1d}10AB/7\u{1d}3102001250",
    "0109501101530003172602282112345",
    "010950110153000317280200",
    "0109501101530003172602282112345\u{1d}10ABC/1",
    "https://id.gs1.org/01/09501101530003/10/ABC%2F1/21/12345?17=260228&x=y#top",
    "HTTPS://shop.example/some/where/01/9501101530003/",
    "https://id.gs1.org/00/340123450000000017?400=PO%201",
    "9501101530003",
    "]d2010950110153000399AB\u{1d}4300Acme%20Ltd\u{1d}7003 2611201330",
    "8005012345\u{1d}39321234567\u{1d}8008261120133045\u{1d}7007261120261231",
];

/// The reader of labels.
pub(crate) struct Labels(Vec<Vec<u8>>);

impl Target for Labels {
    const NAME: &'static str = "labels";

    fn new() -> Self {
        Self(SAMPLES.iter().map(|sample| sample.as_bytes().to_vec()).collect())
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        let mut label = one(dice, &self.0).clone();
        if dice.percent(40) {
            // Digits stay digits: the value is wrong, not its form.
            for byte in label.iter_mut().filter(|byte| byte.is_ascii_digit()) {
                if dice.percent(5) {
                    *byte = b'0' + u8::try_from(dice.below(10)).unwrap_or(0);
                }
            }
        } else {
            mutate::bytes(dice, &mut label, &self.0);
        }
        label
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let label = match Label::read(input) {
            Ok(label) => label,
            Err(fault) => return Ok(fault.code()),
        };
        // Whatever may be asked of it is answered.
        for year in [2026, i32::MIN, i32::MAX] {
            for date in [label.expiry(), label.best_before()].into_iter().flatten() {
                std::hint::black_box(date.resolve(year));
            }
        }
        std::hint::black_box((label.count(), label.net_weight_g(), label.gross_weight_g()));
        for code in [label.sscc(), label.gtin(), label.order(), label.lot()].into_iter().flatten() {
            std::hint::black_box(label.names(code));
        }
        let is_listed = label.elements().all(|(ai, value, _)| label.value(ai) == Some(value));
        if is_listed { Ok("label") } else { Err("an element has two values".to_owned()) }
    }
}
