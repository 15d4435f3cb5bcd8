//! Stands in for the crate `serde_with`, which Debian does not have: the one module of it that generated clients use.

pub mod rust {
    /// For fields of type `Option<Option<T>>`: absent is `None`, null is `Some(None)`.
    pub mod double_option {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        /// Called for a field that is there, null or not. An absent one has the field's default, `None`.
        pub fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
        where
            T: Deserialize<'de>,
            D: Deserializer<'de>,
        {
            Option::deserialize(deserializer).map(Some)
        }

        /// `None` is written as null; generated fields leave it out before this is called.
        pub fn serialize<S, T>(value: &Option<Option<T>>, serializer: S) -> Result<S::Ok, S::Error>
        where
            T: Serialize,
            S: Serializer,
        {
            value.as_ref().and_then(Option::as_ref).serialize(serializer)
        }
    }
}
