//! Arguments of `explain` and `rules`.

use clap::Args;
use monowheel_audit::rule::Group;

use crate::cli::args::one_of;

/// The arguments of `explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// Id of the rule, as findings show it
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
}

/// The arguments of `rules`.
#[derive(Args, Debug)]
pub(crate) struct RulesArgs {
    /// Only the rules of this group; may be given more than once
    #[arg(long, value_name = "GROUP", value_parser = one_of(Group::ALL, Group::word))]
    pub(crate) group: Vec<Group>,
}
