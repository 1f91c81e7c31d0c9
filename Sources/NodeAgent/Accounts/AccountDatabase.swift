import JobEngine

/// The accounts of a machine: looked at, and changed step by step.
protocol AccountDatabase: Sendable {
    /// The shell of people who log in.
    var shell: String { get }
    /// What its own files say.
    func files() throws(InstallError) -> AccountFiles
    /// The id of a name, whatever knows it, a directory service for instance.
    func id(of name: String, _ kind: AccountKind) -> Int?
    /// The name of an id, likewise.
    func name(of id: Int, _ kind: AccountKind) -> String?
    /// Does one step.
    ///
    /// - Throws: `failed` with what the program said.
    func perform(_ step: AccountStep, _ call: ActionCall) async throws(ActionError)
}
