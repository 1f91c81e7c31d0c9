import Access
import EXAConf
import Values

/// What holds of every change of the configuration a job asks for, whatever the job is: nobody hands out rights they
/// do not have, and nothing new is named that would not be used.
struct ChangeGuard {
    let definition: JobDefinition
    let policy: OperatorPolicy
    let catalogue: JobCatalogue

    /// - Throws: ``JobError/Code/permissionDenied`` naming the right that is missing, or
    ///   ``JobError/Code/parameterInvalid`` for a place or an owner that would not be used.
    func check(
        from before: Document, to after: Document, by principal: Principal
    ) throws(JobError) {
        guard before != after else { return }
        let change = RightsChange(from: before, to: after, roles: catalogue.groups)
        if let refusal = change.refusal(to: principal, givesAll: policy.grants == .all) {
            throw JobError(.permissionDenied, "User '\(principal.name)' may not do this. \(refusal)")
        }
        // What an earlier file has stays a finding: bringing the file back is no fault.
        guard !definition.bringsWholeFile else { return }
        let known = Set(before.findings(in: policy.roots))
        let faults = after.findings(in: policy.roots).filter { !known.contains($0) }.map { finding in
            JobError.Fault(
                pointer: pointer(finding.section, finding.key), code: .parameterInvalid, text: finding.description)
        }
        guard let first = faults.first else { return }
        throw JobError(first.code, faults.map(\.text).joined(separator: " "), faults: faults)
    }

    /// Puts secrets back in whose place whoever asks gave the `***` they were shown.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` for a `***` that stands for nothing.
    func restoreSecrets(of before: Document, in after: inout Document) throws(JobError) {
        guard before != after else { return }
        let faults = after.restoreSecrets(of: before).map { section, key in
            JobError.Fault(
                pointer: pointer(section.names.map(\.description), key), code: .parameterInvalid,
                text: "[\(section)]: '\(Secret.mask)' in \(key) stands for a secret nobody knows: give its value.")
        }
        guard let first = faults.first else { return }
        throw JobError(first.code, faults.map(\.text).joined(separator: " "), faults: faults)
    }

    private func pointer(_ section: [String], _ key: String) -> String {
        if definition.takesKeys { return JobError.pointer(["patch"] + section + [key]) }
        let parameter = ["Path": "path", "URL": "url", "Owner": "owner", "Params": "params"][key]
        let isKnown = definition.parameters.contains { $0.name == parameter }
        return JobError.pointer(isKnown ? [parameter].compactMap(\.self) : [])
    }
}

extension ClusterStatus {
    /// Why no change is decided now; `nil` when nothing is in the way. Of two members one may be away.
    var refusalOfChanges: JobError? {
        guard members.count >= Self.fewestWithQuorum, !hasQuorum else { return nil }
        let absent = members.filter { !$0.value.isPresent }.keys.sorted().map { "\($0)" }
        return JobError(
            .noQuorum,
            "Half or more of the cluster's nodes are away (\(absent.joined(separator: ", "))): changes wait for them. Bring "
                + "them back, or suspend or remove those that will not come.",
            details: ["absent": .list(absent.map { .string($0) })])
    }

    private static let fewestWithQuorum = 3
}
