use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Result<Label, Fault> {
    Label::read(text.as_bytes())
}

fn code(text: &str) -> &'static str {
    read(text).expect_err(text).code()
}

#[test]
fn a_pallet_label_is_taken_apart() {
    let rest = "02095011015300033724\u{1d}10AB/7\u{1d}3102001250";
    let text = format!("]C1{}", sscc("34012345000000001", rest));
    let label = read(&text).unwrap();
    assert_eq!(label.sscc(), Some("340123450000000017"));
    assert_eq!((label.gtin(), label.lot()), (Some("09501101530003"), Some("AB/7")));
    assert_eq!((label.count(), label.net_weight_g()), (Some(24), Some(12_500)));
    let titles: Vec<_> = label.elements().map(|(ai, _, title)| (ai, title)).collect();
    assert_eq!(titles[0], ("00", "SSCC"));
}

/// AI and SSCC with the right check digit, then what follows.
fn sscc(body: &str, rest: &str) -> String {
    format!("00{body}{}{rest}", check_digit(body).unwrap())
}

#[test]
fn dates_and_numbers_are_typed() {
    let label = read("0109501101530003172602282112345").unwrap();
    let expiry = label.expiry().unwrap();
    assert_eq!(expiry, ShortDate { year: 26, month: 2, day: 28 });
    assert_eq!(label.serial(), Some("12345"));
    let label = read("010950110153000317280200").unwrap();
    let expiry = label.expiry().unwrap().resolve(2026).unwrap();
    assert_eq!(expiry.to_string(), "2028-02-29", "day 0 is the last of the month");
}

#[test]
fn a_short_year_is_at_most_half_a_century_away() {
    let resolve = |year, this_year| {
        ShortDate { year, month: 1, day: 1 }.resolve(this_year).unwrap().to_string()
    };
    assert_eq!(resolve(76, 2026), "2076-01-01");
    assert_eq!(resolve(77, 2026), "1977-01-01");
    assert_eq!(resolve(1, 2098), "2101-01-01");
    assert_eq!(ShortDate { year: 0, month: 1, day: 1 }.resolve(i32::MAX), None);
}

#[test]
fn a_digital_link_says_the_same_as_the_element_string() {
    let link = read("https://id.gs1.org/01/09501101530003/10/ABC%2F1/21/12345?17=260228&x=y#top");
    let string = read("0109501101530003172602282112345\u{1d}10ABC/1");
    assert_eq!(link, string);
    let short = read("HTTPS://shop.example/some/where/01/9501101530003/").unwrap();
    assert_eq!(short.gtin(), Some("09501101530003"));
    let unit = read(&format!("https://id.gs1.org/00/{}", &sscc("34012345000000001", "")[2..]));
    assert!(unit.unwrap().sscc().is_some());
}

#[test]
fn what_is_wrong_is_said() {
    for (text, expected) in [
        ("", "empty"),
        ("\u{1d}", "empty"),
        ("0109501101530004", "check_digit_wrong"),
        ("01095011015300", "value_short"),
        ("17260230", "date_invalid"),
        ("17261301", "date_invalid"),
        ("10123456789012345678901", "value_long"),
        ("10AB C", "character_invalid"),
        ("10żółw", "character_invalid"),
        ("37a", "character_invalid"),
        ("0509501101530003", "ai_unknown"),
        ("10A\u{1d}10B", "ai_repeated"),
        ("8006095011015300030 10", "character_invalid"),
        ("8006095011015300030402", "rule_broken"),
        ("https://id.gs1.org/", "key_missing"),
        ("https://id.gs1.org/01/09501101530003/21/1/10/A", "ai_misplaced"),
        ("https://id.gs1.org/01/09501101530003?21=5", "ai_misplaced"),
        ("https://id.gs1.org/01/09501101530003/10/%4", "escape_broken"),
        ("]E09501101530004", "gtin_invalid"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
    assert_eq!(Label::read(&[b'1'; CODE_BYTES_MAX + 1]), Err(Fault::TooLong));
    assert_eq!(Label::read(&[0xff]), Err(Fault::NotText));
}

#[test]
fn the_official_model_number_has_its_check_characters() {
    assert!(read("80131987654Ad4X4bL5ttr2310c2K").is_ok());
    assert_eq!(code("80131987654Ad4X4bL5ttr2310c2L"), "check_digit_wrong");
}

#[test]
fn a_scan_is_matched_with_the_plan_however_either_is_written() {
    let label = read("]E09501101530003").unwrap();
    assert!(label.names("9501101530003") && label.names("09501101530003"));
    assert!(!label.names("9501101530010") && !label.names(""));
    let unit = read(&sscc("34012345000000001", "")).unwrap();
    let code = unit.sscc().unwrap().to_owned();
    assert!(unit.names(&code) && unit.names(&format!("00{code}")));
}

#[test]
fn check_digits_of_every_length() {
    for gtin in ["96385074", "036000291452", "4006381333931", "10614141000415"] {
        assert!(gtin14(gtin).is_some(), "{gtin}");
    }
    assert_eq!(gtin14("4006381333932"), None);
    assert_eq!(gtin14("400638133393"), None);
    assert_eq!(check_digit("40x"), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        drop(Label::read(&bytes));
    }

    #[test]
    fn nothing_like_a_code_makes_it_panic(
        text in "(\\]C1|https://a/|\u{1d})?((00|01|02|10|17|21|37|3103|401|421|7003|8003|8006|8008|8013|99|/01/)[0-9A-Zaż%?/=&]{0,20}\u{1d}?){0,8}",
    ) {
        if let Ok(label) = read(&text) {
            for (ai, value, _) in label.elements() {
                prop_assert!(table::entry(ai).is_some() && value.is_ascii());
            }
        }
    }

    #[test]
    fn what_was_put_together_is_taken_apart_again(
        body in "[0-9]{13}",
        lot in "[A-Z0-9/+-]{1,20}",
        serial in "[A-Za-z0-9]{1,20}",
        count in 0_u32..99_999_999,
    ) {
        let gtin = format!("{body}{}", check_digit(&body).unwrap());
        let text = format!("01{gtin}10{lot}\u{1d}21{serial}\u{1d}30{count}");
        let label = read(&text).unwrap();
        prop_assert_eq!(label.gtin(), Some(gtin.as_str()));
        prop_assert_eq!((label.lot(), label.serial()), (Some(lot.as_str()), Some(serial.as_str())));
        prop_assert_eq!(label.count(), Some(count));
    }

    #[test]
    fn one_wrong_digit_is_always_found(body in "[0-9]{17}", at in 0_usize..18, by in 1_u8..10) {
        let mut digits = format!("{body}{}", check_digit(&body).unwrap()).into_bytes();
        digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
        prop_assert!(!is_check_digit_right(std::str::from_utf8(&digits).unwrap()));
    }
}
