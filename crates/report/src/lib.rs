//! Turns results into tables and charts; the only place where numbers become text.
