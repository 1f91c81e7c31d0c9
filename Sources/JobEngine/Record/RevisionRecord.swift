package import Values

/// One revision of the configuration, as it is kept for ever.
package struct RevisionRecord: Sendable, Hashable {
    /// Higher than that of every revision before it.
    package let number: Int
    /// The whole file.
    package let text: String
    /// SHA-256 of the text, in hexadecimal.
    package let sha256: String
    /// The checksum the file carries.
    package let checksum: String
    /// The job that made it; `nil` for the first one and for one that was edited by hand.
    package var job: JobID?
    /// Who made it.
    package var user: String
    /// Why, in words.
    package var reason: String?
    /// When it was made, by the clock of the node that decided it.
    package let at: Timestamp
    /// Who has it, as far as is known; empty before it was brought to the nodes.
    package var acknowledgements: [Acknowledgement] = []

    /// A revision that no node is known to have; the caller sees to it that both digests fit the text.
    package init(
        number: Int, text: String, sha256: String, checksum: String, job: JobID? = nil, user: String,
        reason: String? = nil, at: Timestamp
    ) {
        self.number = number
        self.text = text
        self.sha256 = sha256
        self.checksum = checksum
        self.job = job
        self.user = user
        self.reason = reason
        self.at = at
    }
}
