use super::*;

fn read(value: &str) -> Result<(), Defect> {
    let text = format!("DKIM-Signature: {value}\r\n");
    let field = Field::read(text.as_bytes()).expect("a field");
    Signature::read(field, Dialect::Dkim).map(|_| ())
}

const WHOLE: &str = "v=1; a=rsa-sha256; d=a.example; s=s; h=From; bh=AAAA; b=AAAA";

#[test]
fn a_field_that_cannot_be_verified_says_which_tag_is_the_reason() {
    let with = |more: &str| read(&format!("{WHOLE}; {more}"));
    assert_eq!(read(WHOLE), Ok(()));
    assert_eq!(with("i=x@b.a.example"), Ok(()));
    assert_eq!(with("i=x@ba.example"), Err(Defect::Identity));
    assert_eq!(with("i=a.example"), Err(Defect::Tag("i")));
    assert_eq!(with("s=t"), Err(Defect::Duplicate));
    assert_eq!(with("t=2; x=1"), Err(Defect::ExpiresBeforeSigned));
    assert_eq!(with("l=-1"), Err(Defect::Tag("l")));
    assert_eq!(with("q=other"), Err(Defect::QueryMethod));
    assert_eq!(with("x"), Err(Defect::TagList));
    assert_eq!(read(&WHOLE.replace("From", "To")), Err(Defect::FromNotSigned));
    assert_eq!(read(&WHOLE.replace("v=1;", "")), Err(Defect::Missing("v")));
}

#[test]
fn the_value_of_b_goes_with_the_white_space_around_it() {
    let cut = |text: &'static [u8]| tags::without_signature(text).concat();
    assert_eq!(cut(b" b = AB\r\n C ; d=x"), b" b =; d=x");
    assert_eq!(cut(b" bh=b; b=AB"), b" bh=b; b=");
}
