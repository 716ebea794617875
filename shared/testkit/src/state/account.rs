//! Chat accounts.

use async_trait::async_trait;
use domain::{ActionId, Chain, ChatAccount};
use store::{AccountState, Extended, StateError, image};
use wire::AccountItem;

use super::States;

#[async_trait]
impl AccountState for States {
    async fn account_item(&self, account: &ChatAccount) -> Result<Option<AccountItem>, StateError> {
        self.gate.before("state.get").await?;
        let stored = self.table().items.get(ActionId::account(account).as_str()).cloned();
        self.gate.after("state.get").await?;
        Ok(stored.as_ref().map(image::account).transpose()?)
    }

    async fn write_account(
        &self,
        from: Option<Chain>,
        item: &AccountItem,
    ) -> Result<Extended<AccountItem>, StateError> {
        image::is_account(item)?;
        self.gate.before("state.account").await?;
        let written = self.write_account_now(from, item);
        self.gate.after("state.account").await?;
        written
    }
}

impl States {
    fn write_account_now(
        &self,
        from: Option<Chain>,
        item: &AccountItem,
    ) -> Result<Extended<AccountItem>, StateError> {
        let mut table = self.table();
        if let Some(from) = from {
            return self.extend_now(&mut table, from, item, image::account);
        }
        if let Some(stored) = table.items.get(item.id().as_str()) {
            return Ok(image::extended(item, image::account(stored)?));
        }
        self.write(&mut table, item.id().as_str().to_owned(), image::created(item));
        Ok(Extended::Updated)
    }
}
