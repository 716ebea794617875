//! Checks an event of a chat account before it is recorded: whoever may write the state table could link one.

use domain::{Fault, Rejection};
use identity::{LinkContext, LinkDocuments, link_holds};
use ledger::evidence::{DocumentsByDigest, account_agrees};
use ledger::record;
use wire::AccountItem;
use wire::record::Record;

use crate::batch::Batch;
use crate::error::ExamineError;
use crate::examiner::named_key;

impl Batch<'_> {
    /// The key records that the account's event needs, if the event may be recorded. The end of a link needs none.
    pub(crate) async fn examine_account(
        &mut self,
        account: &AccountItem,
        sequence: u32,
        documents: &DocumentsByDigest,
    ) -> Result<Vec<Record>, ExamineError> {
        let entry = account.entry(sequence).ok_or_else(|| Fault::lasting("no such event"))?;
        account_agrees(account.id(), &entry.event, entry.at, documents)?;
        let Some((link, proof)) = entry.event.link(entry.at) else { return Ok(Vec::new()) };
        let missing = || Rejection::new("document-missing", "a link's document is not there");
        let named = |digest| documents.get(digest).ok_or_else(missing);
        let id_token = named(&proof.id_token)?;
        let key = named_key(id_token)?;
        let (jwk, at) = self.key(&key).await?;
        let config = &self.ledger.config;
        let context = LinkContext {
            deployment: &config.deployment,
            link: &link,
            proof,
            verdict_key: &config.verdict_key,
            issuers: self.ledger.capabilities.verifier.issuers(),
            pages_client: &config.pages_client,
        };
        let documents = LinkDocuments {
            statement: named(&link.statement)?,
            envelope: named(&proof.envelope)?,
            id_token,
            key: &jwk,
        };
        link_holds(&context, &documents)
            .map_err(|invalid| Rejection::new(invalid.code(), invalid.to_string()))?;
        Ok(vec![record::key(&key, jwk.clone(), at)])
    }
}
