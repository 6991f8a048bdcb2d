//! Which vector instructions the hot loops are compiled for, chosen at run time.
//!
//! A loop is written once, as a [`Kernel`], and compiled twice: for the plain target and for AVX2. Fused
//! multiply-add stays off and no sum is reordered, so both give the same bits, and a result does not depend on the
//! machine it was computed on.

/// Work that gains from wider vectors.
///
/// `run` and the loops it calls are to be marked `#[inline(always)]`: only code that is inlined into
/// [`Instructions::run`] is compiled for the wider instructions.
pub trait Kernel {
    /// What the work returns.
    type Output;

    /// Does the work.
    fn run(self) -> Self::Output;
}

/// A set of vector instructions that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instructions(Set);

/// Private, so that [`Set::Avx2`] can only come out of [`Instructions::detected`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Instructions {
    /// Those of the target the program was built for.
    #[must_use]
    pub const fn plain() -> Self {
        Self(Set::Plain)
    }

    /// The widest known here that this machine has: AVX2 where it is found, else the plain ones.
    #[must_use]
    pub fn detected() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            return Self(Set::Avx2);
        }
        Self::plain()
    }

    /// Runs `kernel`, compiled for these instructions.
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self.0 {
            Set::Plain => kernel.run(),
            #[cfg(target_arch = "x86_64")]
            #[expect(
                unsafe_code,
                reason = "a path-hour costs a third less with AVX2 (benches/benches/power.rs)"
            )]
            // SAFETY: `Set::Avx2` is made in `detected` alone, after AVX2 was found.
            Set::Avx2 => unsafe { run_with_avx2(kernel) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_with_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}
