/// What a bucket is given; nil leaves the key as it is.
package struct BucketSettings: Sendable, Hashable {
    /// Whether everybody may read; a new bucket needs it.
    package var isPublic: Bool?
    /// Plain text or its base64; random for a new bucket by default.
    package var readPassword: String?
    /// Plain text or its base64; random for a new bucket by default.
    package var writePassword: String?
    /// `label:glob`
    package var additionalFiles: [String]?

    /// Nothing is changed by an argument that is left out.
    package init(
        isPublic: Bool? = nil, readPassword: String? = nil, writePassword: String? = nil,
        additionalFiles: [String]? = nil
    ) {
        self.isPublic = isPublic
        self.readPassword = readPassword
        self.writePassword = writePassword
        self.additionalFiles = additionalFiles
    }

    func assignments() throws(EXAConfError) -> [Assignment] {
        [
            Assignment("ReadPasswd", readPassword.map { EncodedPassword.stored($0) }),
            Assignment("WritePasswd", writePassword.map { EncodedPassword.stored($0) }),
            Assignment("Public", isPublic),
            try Assignment("AdditionalFiles", list: additionalFiles, tight: true),
        ]
    }
}
