//! Numbers that offices publish as examples, and numbers that `python-stdnum` holds to be right, none of them known to be
//! anybody's; and how to make more.

use super::Row;

/// Each rule and its numbers.
pub(super) const SAMPLES: &[(&str, &str)] = &[
    ("us-ssn", "536-90-4399, 078-05-1120, 526018159, 561304451"),
    ("us-itin", "952883143, 998792977"),
    ("us-ein", "727006836, 136075442"),
    ("ca-sin", "046 454 286, 410070056, 354557811"),
    ("mx-curp", "BOPU801005MJCMNZK6, ZONV020403HNLMPWS8"),
    ("br-cpf", "529.982.247-25, 29481309304, 57782746108"),
    ("br-cnpj", "12.ABC.345/01DE-35, 11.222.333/0001-81, 84PQYVPBT1KK90, 06VKGU0CIVVK05"),
    ("ar-cuit", "30361592626, 27232912019"),
    ("cl-rut", "180090134, 933003914"),
    ("co-nit", "2935795064, 3449485166"),
    ("pe-ruc", "15010357389, 17992228393"),
    ("ec-cedula", "1953030374, 0216577171"),
    ("do-cedula", "38531092377, 39832455362"),
    ("uk-nhs", "943 476 5919, 7258268952, 0159032326"),
    ("uk-utr", "2520019580, 1004420765"),
    ("ie-pps", "1234567T, 1234567FA, 1946161NH"),
    ("de-steuer-id", "18234790593, 43538279163"),
    ("at-svnr", "6465260782, 6149151293"),
    ("ch-ahv", "756.9217.0769.85, 7565334955455, 7561162207353"),
    ("be-national", "85.07.30-033.28, 01050886151, 14011263582"),
    ("nl-bsn", "111222333, 013084525, 559758613"),
    ("es-dni", "12345678Z, 08613113G, 80562689Z"),
    ("es-nie", "X1234567L, X6812589N, X0231317Y"),
    ("es-cif", "S79561890, U7813712B"),
    ("pt-nif", "973081988, 306323788"),
    ("pt-cc", "00000000 0 ZZ4, 370865435IN4, 297256615AL5"),
    ("it-codice-fiscale", "RSSMRA85T10A562S, PRRDML10S14Z590A, GTLPVD16A19A730M"),
    ("it-partita-iva", "72077920451, 45799780791"),
    ("gr-amka", "03060853672, 17108189584"),
    ("gr-afm", "777694610, 022597310"),
    ("hr-oib", "62963570832, 34620926347"),
    ("yu-jmbg", "0308962419121, 1208942025410"),
    ("bg-egn", "5103285487, 0305201122"),
    ("ro-cnp", "6850410307720, 3700914321667"),
    ("tr-tckn", "10000000146, 82518340472, 54808689592"),
    ("cy-tic", "52502323S, 85982021M"),
    ("se-personnummer", "6405231090, 3003083577"),
    ("no-fodselsnummer", "21075471545, 02079160221"),
    ("dk-cpr", "2806901122, 1805352220"),
    ("fi-hetu", "131052-308T, 100240-406F, 071205-649D"),
    ("lv-personas-kods", "12018045417, 01083208485"),
    ("pl-pesel", "44051401359, 52112246294, 54122315609"),
    ("pl-nip", "6512274904, 8426413234"),
    ("cz-rodne-cislo", "8112249442, 4106120997"),
    ("ru-inn", "752595549945, 798382280502"),
    ("ua-rnokpp", "6348587233, 2403665872"),
    ("md-idnp", "1836254298512, 3950484087053"),
    ("in-aadhaar", "780776677556, 999753367848"),
    ("in-gstin", "23JXFTU9170R3Z0, 07PAQJZ7907U3Z0"),
    ("in-pan", "KHMTZ2057H, OEGFY7381W"),
    ("cn-resident-id", "11010519491231002X, 110105199307038331, 110105196704102137"),
    ("my-mykad", "440704868298, 550413407342"),
    ("th-id", "2450145601636, 5131864671203"),
    ("jp-my-number", "208155656131, 204105330914"),
    ("il-id", "546638875, 482858032"),
    ("pk-cnic", "2657709228207, 1853866366786"),
    ("id-nik", "5241072211661798, 1765131311602004"),
    ("za-id", "8001015009087, 1307226818050, 5209141895096"),
    ("au-tfn", "123 456 782, 356569778, 666722952"),
    ("nz-ird", "49-091-850, 136410132, 098352538, 038105744"),
    ("imei", "490154203237518, 49-015420-323751-8, 697232120232837, 312910867214002"),
    ("fr-spi", "3783037894139, 3270446154164"),
    ("baltic-isikukood", "29011041185, 26604078981"),
    ("is-kennitala", "1605031149, 0407493300"),
    ("us-npi", "1234567893"),
    ("us-dea", "AB1234563"),
    ("us-mbi", "1EG4-TE5-MK73, 1EG4TE5MK73"),
    ("us-routing", "021000021, 111000025"),
    ("mx-clabe", "032180000118359719"),
    ("mx-rfc", "GODE561231GR8"),
    ("uy-ci", "1.234.567-2"),
    ("de-rentenversicherung", "65170839J003, 65 170839 J 003"),
    ("de-krankenversicherung", "A123456780"),
    ("de-ausweis", "T220001293, L01X00T471"),
    ("hu-taj", "111 111 110"),
    ("hu-adoazonosito", "8071592153"),
    ("ru-snils", "112-233-445 95"),
    ("hk-hkid", "A123456(3)"),
    ("tw-id", "A123456789"),
    ("sg-nric", "S1234567D, T1234567J, F1234567N, G1234567X, M1234567K"),
    ("ir-melli", "0010350829"),
    ("au-medicare", "2123 45670 1"),
    ("nz-nhi", "ZZZ0016, ZAC5361"),
    ("pl-dowod", "ABA300000"),
    ("pl-paszport", "ZS0000177"),
    ("uk-nino", "QQ 12 34 56 C, AB123456C"),
    ("fr-nir", "2 55 08 14 168 025 38"),
    ("kr-rrn", "900101-1234568"),
];

/// A number with a picture that the row's check says yes to: tried until one is found.
pub(super) fn made(row: &Row, picture: &str, seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut random = |choices: &str| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let place = (state >> 33) as usize % choices.len();
        choices.as_bytes()[place] as char
    };
    let (digits, letters) = ("0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for _ in 0..4_000_000 {
        let drawn = picture.chars().map(|char| match char {
            '9' => random(digits),
            'A' => random(letters),
            'X' => random("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
            other => other,
        });
        let number: String = drawn.collect();
        if row.pictured(&number, 0, picture).is_some() {
            return number;
        }
    }
    panic!("no number is a {} written {picture}", row.rule)
}

/// The number with its last letter or digit changed.
pub(super) fn spoilt(number: &str) -> String {
    let at = number.rfind(|char: char| char.is_ascii_alphanumeric()).unwrap();
    let next = match number.as_bytes()[at] {
        b'9' => '0',
        b'Z' => 'A',
        other => char::from(other + 1),
    };
    let mut spoilt = number.to_owned();
    spoilt.replace_range(at..=at, &next.to_string());
    spoilt
}
