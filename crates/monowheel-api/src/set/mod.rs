//! The wheels of two releases → what they no longer support.
