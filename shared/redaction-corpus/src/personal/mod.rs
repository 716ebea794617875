//! Kinds of personal data, each with check digits computed here, apart from redaction's own.

mod made;
mod numbers;

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
    shaped("us-ssn", "ssn", numbers::us_ssn),
    bare("us-itin", "itin", numbers::us_itin),
    bare("us-routing-number", "routing number", numbers::us_routing),
    bare("us-npi", "npi", numbers::us_npi),
    shaped("ca-sin", "sin", numbers::ca_sin),
    shaped("br-cpf", "cpf", numbers::br_cpf),
    bare("br-cpf-bare", "cpf", numbers::br_cpf_bare),
    shaped("br-cnpj", "cnpj", numbers::br_cnpj),
    bare("ar-cuit", "cuit", numbers::ar_cuit),
    shaped("cl-rut", "rut", numbers::cl_rut),
    shaped("mx-curp", "curp", made::curp),
    shaped("uk-nino", "nino", made::nino),
    bare("uk-nhs", "nhs number", numbers::uk_nhs),
    bare("de-steuer-id", "steuer id", numbers::de_steuer),
    shaped("de-sv-nummer", "sozialversicherungsnummer", numbers::de_sv),
    shaped("ch-ahv", "ahv", numbers::ch_ahv),
    shaped("fr-nir", "nir", numbers::fr_nir),
    shaped("be-national", "rijksregisternummer", numbers::be_national),
    bare("nl-bsn", "bsn", numbers::nl_bsn),
    shaped("es-dni", "dni", numbers::es_dni),
    shaped("es-nie", "nie", numbers::es_nie),
    bare("pt-nif", "nif", numbers::pt_nif),
    shaped("it-codice-fiscale", "codice fiscale", made::codice_fiscale),
    shaped("se-personnummer", "personnummer", numbers::se_personnummer),
    bare("no-fodselsnummer", "fodselsnummer", numbers::no_fodselsnummer),
    shaped("fi-hetu", "henkilotunnus", numbers::fi_hetu),
    bare("pl-pesel", "pesel", numbers::pl_pesel),
    shaped("cz-rodne-cislo", "rodne cislo", numbers::cz_rodne),
    bare("ro-cnp", "cnp", numbers::ro_cnp),
    bare("bg-egn", "egn", numbers::bg_egn),
    bare("hr-oib", "oib", numbers::hr_oib),
    bare("ee-isikukood", "isikukood", numbers::ee_isikukood),
    bare("tr-tckn", "tc kimlik no", numbers::tr_tckn),
    shaped("ru-snils", "snils", numbers::ru_snils),
    bare("za-id", "id number", numbers::za_id),
    shaped("in-aadhaar", "aadhaar", numbers::in_aadhaar),
    shaped("in-pan", "pan", made::pan),
    shaped("cn-resident-id", "id number", numbers::cn_id),
    shaped("sg-nric", "nric", made::nric),
    shaped("hk-id", "hkid", made::hkid),
    shaped("kr-rrn", "rrn", numbers::kr_rrn),
    bare("au-tfn", "tfn", numbers::au_tfn),
    bare("nz-ird", "ird number", numbers::nz_ird),
    bare("imei", "imei", numbers::imei),
    shaped("bitcoin-address", "wallet address", made::bitcoin),
    bare("date-of-birth", "date of birth", made::birthday),
];

#[cfg(test)]
mod tests {
    use super::numbers::{luhn, mod97};

    /// Published examples have the check digits computed here.
    #[test]
    fn check_digits_are_right() {
        let digits = |text: &str| text.chars().filter_map(|char| char.to_digit(10)).collect::<Vec<_>>();
        assert_eq!(luhn(&digits("7992739871")), 3);
        assert_eq!(luhn(&digits("411111111111111")), 1);
        assert_eq!(mod97("370400440532013000131400"), 98 - 89);
    }
}
