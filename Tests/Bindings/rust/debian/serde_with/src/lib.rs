//! What generated clients take of serde_with: members that can be absent, null, or a value.

pub mod rust {
    pub mod double_option {
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        pub fn deserialize<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
        where
            T: Deserialize<'de>,
            D: Deserializer<'de>,
        {
            Option::deserialize(deserializer).map(Some)
        }

        pub fn serialize<T, S>(member: &Option<Option<T>>, serializer: S) -> Result<S::Ok, S::Error>
        where
            T: Serialize,
            S: Serializer,
        {
            member.as_ref().and_then(Option::as_ref).serialize(serializer)
        }
    }
}
