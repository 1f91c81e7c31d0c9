import JobEngine
import Synchronization

@testable import NodeAgent

/// Accounts of a machine that is not there: programs of the shadow suite as they act on its files.
final class PretendedMachine: AccountDatabase {
    struct State {
        var files: AccountFiles
        var steps: [AccountStep] = []
        /// Programs that fail, such as `userdel`.
        var failing: Set<String> = []
        /// Users a directory service knows.
        var directory: [String: Int] = [:]
        /// A user another program makes after the first look.
        var late: (name: String, user: AccountFiles.User)?
    }

    private let state: Mutex<State>
    let shell = "/bin/bash"

    init(passwd: String = "root:x:0:0::/root:/bin/bash\n", group: String = "root:x:0:\n", shadow: String = "") {
        state = Mutex(State(files: AccountFiles(passwd: passwd, group: group, shadow: shadow)))
    }

    var present: AccountFiles { state.withLock { $0.files } }

    /// The steps that were done since this was last asked.
    var steps: [AccountStep] {
        state.withLock { state in
            defer { state.steps = [] }
            return state.steps
        }
    }

    func change(_ work: (inout State) -> Void) { state.withLock { work(&$0) } }

    func files() throws(InstallError) -> AccountFiles {
        state.withLock { state in
            defer {
                if let (name, user) = state.late { state.files.users[name] = user }
                state.late = nil
            }
            return state.files
        }
    }

    func id(of name: String, _ kind: AccountKind) -> Int? {
        state.withLock { $0.files.ids(kind)[name] ?? (kind == .user ? $0.directory[name] : nil) }
    }

    func name(of id: Int, _ kind: AccountKind) -> String? {
        state.withLock { $0.files.ids(kind).first { $0.value == id }?.key }
    }

    func perform(_ step: AccountStep, _ call: ActionCall) async throws(ActionError) {
        let fails = state.withLock { state in
            state.steps.append(step)
            if state.failing.contains(where: { step.command.program.hasSuffix("/" + $0) }) { return true }
            if case .addUser(_, _, let group) = step, !state.files.ids(.group).values.contains(group) { return true }
            state.files.perform(step)
            return false
        }
        if fails { throw .failed(code: 8, message: "it is in use") }
    }
}

extension AccountFiles {
    fileprivate mutating func perform(_ step: AccountStep) {
        switch step {
        case .addGroup(let name, let id): groups[name] = Group(id: id)
        case .renumberGroup(let name, let id): groups[name]?.id = id
        case .removeGroup(let name): groups[name] = nil
        case .setMembers(let users, let name): groups[name]?.members = Set(users)
        case .addUser(let name, let id, let group):
            users[name] = User(id: id, groupID: group, shell: AccountStep.noShell, hash: "!", expiry: "1")
        case .renumberUser(let name, let id): users[name]?.id = id
        case .changeUser(let name, let group, let shell, let isOpen):
            users[name]?.groupID = group
            users[name]?.shell = shell
            users[name]?.expiry = isOpen ? "" : "1"
        case .setHash(let hash, let name): users[name]?.hash = hash
        case .removeUser(let name): users[name] = nil
        }
    }
}
