package import EXAConf
import Values

/// The configuration everybody reads, and whether it can be changed now.
package struct PublishedConfiguration: Sendable {
    /// The parsed text of the revision; empty before the scheduler has started.
    package internal(set) var document = Document()
    /// The revision as it is kept; number 0 before the scheduler has started.
    package internal(set) var record = RevisionRecord(
        number: 0, text: "", sha256: "", checksum: "", user: "", at: Timestamp(milliseconds: 0))
    /// Nodes that are suspended without the configuration saying so.
    package internal(set) var suspendedNodes: Set<Int> = []
    /// What is worked on, by the numbers of the rules that say so.
    package internal(set) var maintenance: [Int: Maintenance] = [:]
    /// Findings that are known, by the numbers of the rules that say so.
    package internal(set) var silences: [Int: SilencedFinding] = [:]
    /// Why changes are refused now: the file was edited without saying so.
    package internal(set) var obstacle: JobError?

    /// Why this node still has a former revision in force: it cannot read the one that was decided.
    package internal(set) var unread: JobError?

    /// What counts before the scheduler has started: revision 0, without content.
    package init() {}

    /// The same with another revision in force; an edit by hand that was in the way is settled by it.
    func following(_ document: Document, _ record: RevisionRecord) -> PublishedConfiguration {
        var copy = self
        copy.document = document
        copy.record = record
        (copy.obstacle, copy.unread) = (nil, nil)
        return copy
    }

    /// Takes these rules for all there are.
    mutating func take(_ rules: [QueueRule]) {
        (maintenance, silences) = ([:], [:])
        for rule in rules { add(rule) }
    }

    /// Takes a rule that is about more than jobs.
    mutating func add(_ rule: QueueRule) {
        maintenance[rule.number] = Maintenance(rule)
        silences[rule.number] = SilencedFinding(rule)
    }

    /// Forgets a rule.
    ///
    /// - Returns: Whether it was about more than jobs.
    mutating func removeRule(_ number: Int) -> Bool {
        let wasMaintenance = maintenance.removeValue(forKey: number) != nil
        return silences.removeValue(forKey: number) != nil || wasMaintenance
    }

    /// The number of the revision.
    package var revision: Int { record.number }
}
