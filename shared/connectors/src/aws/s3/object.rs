//! Whether an object can be copied by one call, from what a listing and a look at its headers say. Pure.

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{ObjectVersion, ServerSideEncryption};
use domain::Fault;

use crate::InspectError;

/// The largest object that one CopyObject copies: 5 GiB.
const MAX_COPY: i64 = 5 * 1024 * 1024 * 1024;
/// Classes whose objects must be restored before they can be read.
const ARCHIVED: [&str; 2] = ["GLACIER", "DEEP_ARCHIVE"];
/// The class whose objects may be archived, which only their headers tell.
const TIERED: &str = "INTELLIGENT_TIERING";
/// What people read where the role that looks may not see an object's headers.
const UNSEEN: &str = "not seen; an object under a key of KMS is not copied, the copy would fail";

/// The newest version of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Latest {
    pub(super) version: String,
    pub(super) etag: String,
    pub(super) size: i64,
    class: String,
    /// None when it was never restored; whether the restored copy is there already.
    restored: Option<bool>,
}

/// The newest version of exactly this key; none when there is none or it was deleted.
pub(super) fn newest(answer: &ListObjectVersionsOutput, key: &str) -> Result<Option<Latest>, InspectError> {
    let found = answer.versions().iter().find(|one| one.key() == Some(key) && one.is_latest() == Some(true));
    found.map(latest).transpose()
}

fn latest(found: &ObjectVersion) -> Result<Latest, InspectError> {
    let incomplete = || InspectError::Fault(Fault::passing("the listing leaves something out"));
    let restored = found.restore_status().map(|status| {
        status.is_restore_in_progress() != Some(true) && status.restore_expiry_date().is_some()
    });
    Ok(Latest {
        version: found.version_id().unwrap_or("null").to_owned(),
        etag: found.e_tag().ok_or_else(incomplete)?.trim_matches('"').to_owned(),
        size: found.size().ok_or_else(incomplete)?,
        // S3 leaves the class out of some answers; then it is the standard one.
        class: found.storage_class().map_or("STANDARD", |class| class.as_str()).to_owned(),
        restored,
    })
}

/// C15: whether one call can copy it: held fixed by a version, of a size that is copied, and readable now.
pub(super) fn copyable(found: &Latest) -> Result<(), InspectError> {
    if found.version == "null" {
        return cannot("the source's bucket keeps no versions, so nothing can be held fixed");
    }
    if found.size > MAX_COPY {
        return cannot("the object is larger than the 5 GiB that one copy takes; export it in smaller parts");
    }
    match (ARCHIVED.contains(&found.class.as_str()), found.restored) {
        (false, _) | (true, Some(true)) => Ok(()),
        (true, Some(false)) => {
            cannot("the object is being restored from its archive; propose it again once it is")
        }
        (true, None) => Err(InspectError::Cannot(format!(
            "the object is archived (storage class {}); restore it first, then propose it again",
            found.class
        ))),
    }
}

/// C14, C15: how the object is encrypted, in words, if a role without any key can read it. `head`: its headers, none where
/// the role that looks may not see them.
pub(super) fn encryption(found: &Latest, head: Option<&HeadObjectOutput>) -> Result<String, InspectError> {
    let Some(head) = head else {
        return match found.class == TIERED {
            true => cannot(
                "the object may be archived (storage class INTELLIGENT_TIERING), and this cannot be seen",
            ),
            false => Ok(UNSEEN.to_owned()),
        };
    };
    if head.archive_status().is_some() {
        return cannot("the object is archived (storage class INTELLIGENT_TIERING); restore it first");
    }
    if head.sse_customer_algorithm().is_some() {
        return cannot("the object is encrypted with a key that only its owner sends along");
    }
    match head.server_side_encryption() {
        None | Some(ServerSideEncryption::Aes256) => Ok("with S3's own keys".to_owned()),
        Some(ServerSideEncryption::AwsKms | ServerSideEncryption::AwsKmsDsse) => {
            Err(InspectError::Cannot(format!(
                "the object is encrypted with the KMS key `{}`, which the role of this action may not use",
                head.ssekms_key_id().unwrap_or("of the bucket")
            )))
        }
        Some(_) => cannot("the object is encrypted in a way that is not known here"),
    }
}

fn cannot<T>(why: &str) -> Result<T, InspectError> {
    Err(InspectError::Cannot(why.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::primitives::DateTime;
    use aws_sdk_s3::types::{ArchiveStatus, DeleteMarkerEntry, ObjectVersionStorageClass, RestoreStatus};

    fn version(key: &str, id: &str) -> aws_sdk_s3::types::builders::ObjectVersionBuilder {
        ObjectVersion::builder().key(key).version_id(id).e_tag("\"e\"").size(3).is_latest(true)
    }

    fn object(
        change: impl FnOnce(
            aws_sdk_s3::types::builders::ObjectVersionBuilder,
        ) -> aws_sdk_s3::types::builders::ObjectVersionBuilder,
    ) -> Latest {
        latest(&change(version("a", "1")).build()).unwrap()
    }

    fn why<T: std::fmt::Debug>(judged: Result<T, InspectError>) -> String {
        judged.unwrap_err().to_string()
    }

    #[test]
    fn the_newest_version_of_exactly_this_key() {
        let gone = DeleteMarkerEntry::builder().key("gone").is_latest(true).build();
        let all = ListObjectVersionsOutput::builder()
            .versions(version("a", "2").build())
            .versions(version("a", "1").is_latest(false).build())
            .versions(version("ab", "9").build())
            .versions(version("gone", "5").is_latest(false).build())
            .delete_markers(gone)
            .build();
        let id = |key: &str| newest(&all, key).unwrap().map(|latest| latest.version);
        assert_eq!(id("a"), Some("2".to_owned()));
        assert_eq!(id("gone"), None, "a deleted object is none");
        assert_eq!(id("b"), None);
    }

    /// C15: what one call cannot copy is refused at the plan, with what to do about it.
    #[test]
    fn size_and_class_are_judged() {
        assert_eq!(copyable(&object(|one| one)), Ok(()));
        assert_eq!(copyable(&object(|one| one.size(5_368_709_120))), Ok(()));
        assert!(why(copyable(&object(|one| one.size(5_368_709_121)))).contains("5 GiB"));
        assert!(why(copyable(&object(|one| one.version_id("null")))).contains("keeps no versions"));
        for class in ["STANDARD", "STANDARD_IA", "GLACIER_IR", "INTELLIGENT_TIERING"] {
            assert_eq!(copyable(&object(|one| one.storage_class(class.into()))), Ok(()), "{class}");
        }
        for class in ["GLACIER", "DEEP_ARCHIVE"] {
            let archived = |status: Option<RestoreStatus>| {
                object(|one| {
                    one.storage_class(ObjectVersionStorageClass::from(class)).set_restore_status(status)
                })
            };
            assert!(why(copyable(&archived(None))).contains("restore it first"), "{class}");
            let started = RestoreStatus::builder().is_restore_in_progress(true).build();
            assert!(why(copyable(&archived(Some(started)))).contains("being restored"), "{class}");
            let there = RestoreStatus::builder().is_restore_in_progress(false);
            let there = there.restore_expiry_date(DateTime::from_secs(1_900_000_000)).build();
            assert_eq!(copyable(&archived(Some(there))), Ok(()), "{class}");
        }
    }

    /// C14: an object under a key of KMS or of its owner is seen at the plan, and refused in words.
    #[test]
    fn encryption_is_seen_or_said_to_be_unseen() {
        let found = object(|one| one);
        let head = HeadObjectOutput::builder;
        assert_eq!(encryption(&found, Some(&head().build())), Ok("with S3's own keys".to_owned()));
        let own = head().server_side_encryption(ServerSideEncryption::Aes256).build();
        assert_eq!(encryption(&found, Some(&own)), Ok("with S3's own keys".to_owned()));
        let key = "arn:aws:kms:us-east-1:000000000000:key/1";
        for kind in [ServerSideEncryption::AwsKms, ServerSideEncryption::AwsKmsDsse] {
            let kms = head().server_side_encryption(kind).ssekms_key_id(key).build();
            assert!(why(encryption(&found, Some(&kms))).contains(key));
        }
        let unknown = head().server_side_encryption("aws:new".into()).build();
        assert!(why(encryption(&found, Some(&unknown))).contains("not known"));
        let theirs = head().sse_customer_algorithm("AES256").build();
        assert!(why(encryption(&found, Some(&theirs))).contains("only its owner"));
        assert!(encryption(&found, None).unwrap().starts_with("not seen"));
        let tiered = object(|one| one.storage_class("INTELLIGENT_TIERING".into()));
        assert!(why(encryption(&tiered, None)).contains("may be archived"));
        assert!(encryption(&tiered, Some(&head().build())).is_ok());
        let archived = head().archive_status(ArchiveStatus::ArchiveAccess).build();
        assert!(why(encryption(&tiered, Some(&archived))).contains("is archived"));
    }
}
