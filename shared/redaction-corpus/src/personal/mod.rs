//! Kinds of personal data, each with check digits computed here, apart from redaction's own.

mod americas;
mod check_digits;
mod elsewhere;
mod europe;
mod made;

use crate::random::SeededDraw;

/// One kind of personal data.
#[derive(Clone, Copy)]
pub(crate) struct Personal {
    /// What the report calls it.
    pub(crate) name: &'static str,
    /// The words of the name it usually has.
    pub(crate) called: &'static str,
    pub(crate) make: fn(&mut SeededDraw) -> String,
    /// Whether its way of writing can be told from ordinary numbers.
    pub(crate) shaped: bool,
}

const fn shaped(name: &'static str, called: &'static str, make: fn(&mut SeededDraw) -> String) -> Personal {
    Personal { name, called, make, shaped: true }
}

/// Digits like those of any other number: only the name tells.
const fn bare(name: &'static str, called: &'static str, make: fn(&mut SeededDraw) -> String) -> Personal {
    Personal { name, called, make, shaped: false }
}

/// Every kind.
pub(crate) const ALL: &[Personal] = &[
    shaped("email", "email", made::email),
    shaped("phone-international", "phone", made::phone),
    bare("phone-us", "phone number", made::phone_us),
    shaped("card-visa", "card number", made::visa),
    shaped("card-amex", "card number", made::amex),
    shaped("card-grouped", "card number", made::card_grouped),
    shaped("iban-de", "iban", made::iban_de),
    shaped("iban-gb", "iban", made::iban_gb),
    shaped("iban-grouped", "iban", made::iban_grouped),
    shaped("us-ssn", "ssn", americas::us_ssn),
    bare("us-itin", "itin", americas::us_itin),
    bare("us-routing-number", "routing number", americas::us_routing),
    bare("us-npi", "npi", americas::us_npi),
    shaped("ca-sin", "sin", americas::ca_sin),
    shaped("br-cpf", "cpf", americas::br_cpf),
    bare("br-cpf-bare", "cpf", americas::br_cpf_bare),
    shaped("br-cnpj", "cnpj", americas::br_cnpj),
    bare("ar-cuit", "cuit", americas::ar_cuit),
    shaped("cl-rut", "rut", americas::cl_rut),
    shaped("mx-curp", "curp", made::curp),
    shaped("uk-nino", "nino", made::nino),
    bare("uk-nhs", "nhs number", europe::uk_nhs),
    bare("de-steuer-id", "steuer id", europe::de_steuer),
    shaped("de-sv-nummer", "sozialversicherungsnummer", europe::de_sv),
    shaped("ch-ahv", "ahv", europe::ch_ahv),
    shaped("fr-nir", "nir", europe::fr_nir),
    shaped("be-national", "rijksregisternummer", europe::be_national),
    bare("nl-bsn", "bsn", europe::nl_bsn),
    shaped("es-dni", "dni", europe::es_dni),
    shaped("es-nie", "nie", europe::es_nie),
    bare("pt-nif", "nif", europe::pt_nif),
    shaped("it-codice-fiscale", "codice fiscale", made::codice_fiscale),
    shaped("se-personnummer", "personnummer", europe::se_personnummer),
    bare("no-fodselsnummer", "fodselsnummer", europe::no_fodselsnummer),
    shaped("fi-hetu", "henkilotunnus", europe::fi_hetu),
    bare("pl-pesel", "pesel", europe::pl_pesel),
    shaped("cz-rodne-cislo", "rodne cislo", europe::cz_rodne),
    bare("ro-cnp", "cnp", europe::ro_cnp),
    bare("bg-egn", "egn", europe::bg_egn),
    bare("hr-oib", "oib", europe::hr_oib),
    bare("ee-isikukood", "isikukood", europe::ee_isikukood),
    bare("tr-tckn", "tc kimlik no", europe::tr_tckn),
    shaped("ru-snils", "snils", europe::ru_snils),
    bare("za-id", "id number", elsewhere::za_id),
    shaped("in-aadhaar", "aadhaar", elsewhere::in_aadhaar),
    shaped("in-pan", "pan", made::pan),
    shaped("cn-resident-id", "id number", elsewhere::cn_id),
    shaped("sg-nric", "nric", made::nric),
    shaped("hk-id", "hkid", made::hkid),
    shaped("kr-rrn", "rrn", elsewhere::kr_rrn),
    bare("au-tfn", "tfn", elsewhere::au_tfn),
    bare("nz-ird", "ird number", elsewhere::nz_ird),
    bare("imei", "imei", elsewhere::imei),
    shaped("bitcoin-address", "wallet address", made::bitcoin),
    bare("date-of-birth", "date of birth", made::birthday),
];

#[cfg(test)]
mod tests {
    use super::check_digits::{luhn, mod97};

    /// Published examples have the check digits computed here.
    #[test]
    fn check_digits_are_right() {
        let digits = |text: &str| text.chars().filter_map(|char| char.to_digit(10)).collect::<Vec<_>>();
        assert_eq!(luhn(&digits("7992739871")), 3);
        assert_eq!(luhn(&digits("411111111111111")), 1);
        assert_eq!(mod97("370400440532013000131400"), 98 - 89);
    }
}
