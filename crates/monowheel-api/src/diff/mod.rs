//! Two surfaces → what breaks whom.
