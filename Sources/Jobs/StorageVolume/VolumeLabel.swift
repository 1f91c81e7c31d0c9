import JobEngine

/// A word that is kept with a volume.
enum VolumeLabel {
    /// The label, which has to fit into the list the configuration keeps.
    static func checked(_ text: String) throws(JobError) -> String {
        guard !text.isEmpty, text.utf8.count <= 255, !text.utf8.contains(UInt8(ascii: ",")) else {
            throw .invalid("label", "'label': 1 to 255 characters without a comma are allowed.")
        }
        return text
    }
}
