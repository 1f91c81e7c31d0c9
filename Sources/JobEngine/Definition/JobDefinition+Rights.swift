import Access
import EXAConf
import Values

extension JobDefinition {
    /// Returns only when the principal may run the job on the object its arguments name.
    ///
    /// - Throws: ``JobError/Code/permissionDenied``, which says who may.
    func permit(_ principal: Principal, with arguments: Arguments, in document: Document) throws(JobError) {
        let answer = permission.permits(
            principal, owner: owner(arguments, document), subject: subject.flatMap { arguments.string($0) })
        guard case .denied(let groups, let users) = answer else { return }
        let who = (users + groups.map { "group \($0)" }).joined(separator: ", ")
        throw JobError(
            .permissionDenied, "User '\(principal.name)' may not run \(name). It is allowed for: \(who).",
            details: ["allowed_groups": .strings(groups), "allowed_users": .strings(users)])
    }
}
