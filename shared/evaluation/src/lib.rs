//! What policy works out before anybody is asked, and execution works out again before anything runs. Both must come to
//! the same bytes, so both use this code.
//!
//! - [`derive()`] reads a sealed request and a verified token: what may be shown, the commitments, the requester set.
//! - [`Planner`] turns that into a plan, with what the connector finds at the target.
//! - [`grant_covers`] says whether a live grant of an earlier approval covers the action.
//! - [`review_context`] renders what the review document says of the request.
//!
//! Nothing here runs anything: `connectors` talks to targets.

mod context;
mod derivation;
mod grant;
mod plan;

pub use context::{ShownDecision, review_context};
pub use derivation::{Derived, agent_name, derive};
pub use grant::{Covered, NotCovered, grant_covers, grants_for};
pub use plan::{PlanError, Planner, filled_calls, inspection_session};
