package import EXAConf

/// What a change of the configuration does to who may do what.
///
/// Nobody hands out what they do not have: members of `exaadm` give and change the roles up to their own, and what
/// stands above them is root's. It compares documents, and so holds for every way a change may take.
package struct RightsChange: Sendable {
    /// The roles members of `exaadm` may give, and whose users they may change.
    package static let own: Set<String> = ["exaadm", "exadbadm", "exastoradm", "exabfsadm", "exausers"]

    private let before: Document
    private let after: Document
    /// Groups that give rights nobody below root may hand on.
    private let guarded: Set<String>

    /// - Parameter roles: Every group that gives a right to run jobs.
    package init(from before: Document, to after: Document, roles: Set<String>) {
        self.before = before
        self.after = after
        guarded = roles.subtracting(Self.own).union([Principal.rootName])
    }

    /// What of it is not this principal's to do; a sentence that names the right that is missing. `nil` for nothing.
    ///
    /// - Parameter givesAll: Whether members of `exaadm` may give every role.
    package func refusal(to principal: Principal, givesAll: Bool) -> String? {
        if principal.isRoot { return nil }
        return anchorRefusal ?? (givesAll && principal.roles.contains("exaadm") ? nil : userRefusal(principal))
    }

    /// What decides who somebody is, beside users: the cluster's token, and the authority of client certificates.
    private var anchorRefusal: String? {
        if before.global.authenticationToken != after.global.authenticationToken {
            return "Only root may change the token that acts as root."
        }
        let (old, new) = (before.ssl, after.ssl)
        let isAsked = old.asksClients || new.asksClients
        if isAsked, old.authority != new.authority || old.asked != new.asked {
            return
                "Only root may change CertAuth and CertVerify while clients are asked for certificates: they say who "
                + "somebody is."
        }
        return nil
    }

    private func userRefusal(_ principal: Principal) -> String? {
        let isAdministrator = principal.roles.contains("exaadm")
        for name in Self.names(before.users.map(\.name), after.users.map(\.name)) {
            let (old, new) = (before.users.first { $0.name == name }, after.users.first { $0.name == name })
            if old?.section == new?.section || isOwnPassword(from: old, to: new, of: principal) { continue }
            let (had, has) = (roles(of: old), roles(of: new))
            if let role = has.subtracting(had).min() { return Self.refusal("give '\(name)' the role \(role)") }
            if !isAdministrator || !had.isEmpty || !has.isEmpty {
                let act = new == nil ? "remove" : old == nil ? "make" : "change"
                return Self.refusal("\(act) the user '\(name)'\(had.min().map { ", who has the role \($0)" } ?? "")")
            }
        }
        for name in Self.names(before.groups.map(\.name), after.groups.map(\.name)) {
            let (old, new) = (before.groups.first { $0.name == name }, after.groups.first { $0.name == name })
            if old?.section == new?.section { continue }
            if !isAdministrator || guarded.contains(name) || old?.id == 0 || new?.id == 0 {
                return Self.refusal("change the group \(name)")
            }
        }
        return nil
    }

    private static func names(_ old: [String], _ new: [String]) -> [String] { Set(old + new).sorted() }

    private static func refusal(_ act: String) -> String {
        "Only root may \(act). The operator can let exaadm do so: access.exaadm_grants = all in confd.yaml."
    }

    /// The guarded roles of a user; id 0 and the name stand for root's.
    private func roles(of user: UserEntry?) -> Set<String> {
        guard let user else { return [] }
        return Set(user.allGroups).intersection(guarded).union(user.isRoot ? [Principal.rootName] : [])
    }

    private func isOwnPassword(from old: UserEntry?, to new: UserEntry?, of principal: Principal) -> Bool {
        guard let old, let new, old.name == principal.name, !principal.isLimited else { return false }
        let rest = [old, new].map { $0.section.entries.filter { $0.key != "Passwd" } }
        return rest[0] == rest[1]
    }
}

extension SSLSettings {
    /// `none`, `optional` or `required`.
    fileprivate var asked: String { verification.isEmpty ? "none" : verification.lowercased() }

    /// Whether a certificate of a client can be a login.
    fileprivate var asksClients: Bool { asked != "none" }
}
