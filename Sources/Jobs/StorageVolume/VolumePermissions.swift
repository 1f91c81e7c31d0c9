import JobEngine

/// Who may do what with a volume, in the form of `ls`: `rwx` for the owner, the group and everybody else.
enum VolumePermissions {
    /// All nine letters: what the configuration leaves out is not allowed.
    static func shown(_ text: String) -> String {
        String((text + "---------").prefix(9))
    }

    /// The text the configuration gets: three, six or nine letters.
    static func checked(_ text: String, of parameter: String) throws(JobError) -> String {
        let letters = Array("rwx".utf8)
        let isValid =
            [3, 6, 9].contains(text.utf8.count)
            && text.utf8.enumerated().allSatisfy { $1 == UInt8(ascii: "-") || $1 == letters[$0 % 3] }
        guard isValid else {
            throw .invalid(
                parameter,
                "'\(parameter)': give the letters rwx, or - in their place, for owner, group and others, such as rwxr-x---."
            )
        }
        return text
    }
}
