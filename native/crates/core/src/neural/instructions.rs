//! The instruction sets a kernel is compiled for; which of them runs changes no byte.

/// Which instructions run the kernels; `best` unless a test or a benchmark asks for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instructions(Set);

/// A value other than `Portable` exists only where `Instructions::named` found the processor able.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Instructions {
    /// Names, the fastest first: `avx512` (with VNNI), `avx2`, `portable`.
    pub const NAMES: [&'static str; 3] = ["avx512", "avx2", "portable"];

    /// The loops every processor runs.
    pub const PORTABLE: Self = Self(Set::Portable);

    /// The fastest this processor has.
    pub fn best() -> Self {
        Self::NAMES.into_iter().find_map(Self::named).unwrap_or(Self::PORTABLE)
    }

    /// The instructions of this name, where the name is one of `NAMES` and this processor has them.
    pub fn named(name: &str) -> Option<Self> {
        #[cfg(target_arch = "x86_64")]
        if name == "avx512" {
            let has_all = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vnni");
            return has_all.then_some(Self(Set::Avx512));
        } else if name == "avx2" {
            return is_x86_feature_detected!("avx2").then_some(Self(Set::Avx2));
        }
        (name == "portable").then_some(Self::PORTABLE)
    }

    /// Its name among `NAMES`.
    pub fn name(self) -> &'static str {
        match self.0 {
            Set::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
        }
    }

    pub(super) fn set(self) -> Set {
        self.0
    }
}

/// Compiles a function that is generic over its lanes once for each instruction set:
/// `kernel! { /// Docs. pub fn name(a: A) -> R = body; }` makes `name(instructions, a)` of
/// `body::<L: Lanes>(a)`, which must be `#[inline(always)]`.
macro_rules! kernel {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?)
        $(-> $result:ty)? = $body:ident;) => {
        $(#[$meta])*
        #[allow(unsafe_code)]
        $vis fn $name(
            instructions: $crate::neural::instructions::Instructions,
            $($argument: $type),*
        ) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
            fn avx512($($argument: $type),*) $(-> $result)? {
                $body::<$crate::neural::lanes::Avx512Lanes>($($argument),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn avx2($($argument: $type),*) $(-> $result)? {
                $body::<$crate::neural::lanes::Avx2Lanes>($($argument),*)
            }
            match instructions.set() {
                $crate::neural::instructions::Set::Portable => {
                    $body::<$crate::neural::lanes::PortableLanes>($($argument),*)
                }
                // SAFETY: the value proves that the processor has these instructions.
                #[cfg(target_arch = "x86_64")]
                $crate::neural::instructions::Set::Avx2 => unsafe { avx2($($argument),*) },
                // SAFETY: likewise.
                #[cfg(target_arch = "x86_64")]
                $crate::neural::instructions::Set::Avx512 => unsafe { avx512($($argument),*) },
            }
        }
    };
}
pub(super) use kernel;
