//! The optimal dispatch of a case, by the method that its structure allows.
