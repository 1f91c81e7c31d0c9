import Access
import EXAConf
import JobEngine

/// Who may log in: verified passwords are forgotten when users, groups or the cluster's token change, and what was proven
/// and counted by a former password of users who have a new one.
struct Logins: Reconciler {
    let name = "logins"
    let moment = ReconcilerMoment.beforeAcknowledging
    private let service: LoginService

    init(_ service: LoginService) { self.service = service }

    func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws {
        if let former, former.revision != latest.revision, Accounts(former.document) == Accounts(latest.document) {
            return
        }
        service.drop()
        guard let former else { return }
        let known = Self.passwords(of: former.document)
        for (name, password) in Self.passwords(of: latest.document) where known[name] != password {
            service.drop(user: name)
            await service.forgive(user: name)
        }
    }

    /// What decides who may come in.
    private struct Accounts: Equatable {
        let users: Section?
        let groups: Section?
        let token: String?

        init(_ document: Document) {
            users = document.section(at: .users)
            groups = document.section(at: .groups)
            token = document.global.authenticationToken
        }
    }

    private static func passwords(of document: Document) -> [String: String] {
        Dictionary(document.users.map { ($0.name, $0.passwordHash ?? "") }) { first, _ in first }
    }
}
