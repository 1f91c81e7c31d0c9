import Access
import EXAConf
import JobEngine

extension UserSettings {
    /// Keys of a user and the parameters they are set by.
    static let parameters = [
        "ID": "userid", "Group": "group", "AdditionalGroups": "additional_groups", "AuthorizedKeys": "authorized_keys",
    ]

    /// Everything but the password.
    init(_ arguments: Arguments, in document: Document) throws(JobError) {
        let keys = try arguments.elements("authorized_keys")
        var groups: [String]?
        if let values = arguments.list("additional_groups") {
            var names: [String] = []
            for value in values {
                let name = try document.groupName(value, at: "additional_groups")
                if !names.contains(name) { names.append(name) }
            }
            groups = names
        }
        self.init(
            id: arguments.int("userid"), group: try arguments.groupName("group", in: document),
            isLoginEnabled: arguments.bool("login_enabled"), additionalGroups: groups, authorizedKeys: keys)
    }
}

extension Arguments {
    /// The hash of the parameter `password`; a text that is a complete hash already stays as it is, unless `encode_passwd`
    /// says that it is plain text.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` for an empty password, one of several lines or one that cannot be
    ///   hashed, and for plain text where a hash was announced by `encode_passwd`.
    func passwordHash() throws(JobError) -> String {
        let text = try required("password")
        try PlainPassword.check(text, of: "password")
        if isHash(text) { return text }
        guard bool("encode_passwd") ?? true else {
            throw .invalid(
                "password",
                "'password': with encode_passwd False, give a hash as in a shadow file, such as $6$salt$hash.")
        }
        guard let hash = Access.ShadowHash.make(Password(text)) else {
            throw .invalid("password", "'password' cannot be hashed: use at most 511 bytes.")
        }
        return hash.text
    }

    /// Whether a password is kept as it is.
    private func isHash(_ text: String) -> Bool {
        let hash = Access.ShadowHash(text)
        guard EXAConf.ShadowHash.isHash(text), hash.isUsable, StorableText.fault(of: text) == nil else { return false }
        let isPlain = bool("encode_passwd")
        return isPlain == false || (isPlain == nil && hash.isComplete)
    }

    /// What is to be said of the hash a caller gave.
    var hashWarnings: [JobWarning] {
        guard let text = string("password"), text.hasPrefix("$1$"), isHash(text) else { return [] }
        return [
            JobWarning(
                .weakHash,
                text:
                    "The password is kept as MD5 ($1$), which is quickly guessed by whoever gets hold of the file: give it "
                    + "in plain text, or as a hash of another kind such as $6$ or $y$.")
        ]
    }
}
