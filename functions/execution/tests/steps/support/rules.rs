//! The rules an action is asked under, where one thing about them is other than the sample's.

use super::issuers::PIPELINES;
use super::sample_action::Tampering;
use super::{TestStack, changed};

/// What the rules were from the beginning.
pub async fn publish(stack: &TestStack, tampering: Tampering) {
    let listed = format!(
        "  - {{ issuer: \"{PIPELINES}\", subject: demo-agent, display: demo-agent, owner: dana, teams: [data-agents] }}"
    );
    if tampering.hurries() || tampering.confirms() {
        let (from, to) = match tampering.hurries() {
            true => {
                ("reminder: PT30M", "reminder: PT30M\n  emergency: { groups: [sre], review_within: PT1H }")
            }
            false => {
                ("grant: { at_most: PT1H, uses: 5, fixed: [/function, /version] }", "confirm: on_behalf_of")
            }
        };
        return stack.publish(&changed("approvals.yaml", from, to)).await;
    }
    let (from, to) = match tampering {
        _ if tampering.changes() => ("members: [alice]", "members: [alice, erin]".to_owned()),
        Tampering::StandIn | Tampering::SeatOfOwner => {
            let owner = if tampering == Tampering::StandIn { "dana" } else { "bob" };
            return stack.publish(&changed("directory.yaml", AGENT, &lent(owner))).await;
        }
        Tampering::Ownerless => ("display: demo-agent, owner: dana,", "display: demo-agent,".to_owned()),
        Tampering::Unmapped | Tampering::OtherIssuer => ("agents:\n", format!("agents:\n{listed}\n")),
        _ => return,
    };
    stack.publish(&changed("directory.yaml", from, &to)).await;
}

const AGENT: &str = "agents:\n  - { subject: demo-agent, display: demo-agent, owner: dana,";

/// The agent with this owner, and Bob's seat in sre lent to Erin.
fn lent(owner: &str) -> String {
    let (since, until) = ("2026-11-10T00:00:00.000Z", "2026-12-10T00:00:00.000Z");
    let away = format!("{{ from: bob, to: erin, group: sre, since: \"{since}\", until: \"{until}\" }}");
    let agent = AGENT.replace("owner: dana,", &format!("owner: {owner},"));
    format!("delegations: [{away}]\n{agent}")
}
