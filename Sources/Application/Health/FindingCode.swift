/// What can be wrong. Words are kept in stores and alarm rules: they never change their meaning.
package struct FindingCode: RawRepresentable, Sendable, Hashable {
    /// The word, of small letters, digits and `-`.
    package let rawValue: String

    /// A word that is one of a rule.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// A database that should run does not.
    package static let databaseDown = FindingCode(rawValue: "database-down")
    /// A node is away.
    package static let nodeAway = FindingCode(rawValue: "node-away")
    /// A node does not know all that was decided.
    package static let nodeBehind = FindingCode(rawValue: "node-behind")
    /// Too few nodes are there, or none decides.
    package static let noMaster = FindingCode(rawValue: "no-master")
    /// A disk is nearly full.
    package static let diskFilling = FindingCode(rawValue: "disk-filling")
    /// A disk is full.
    package static let diskFull = FindingCode(rawValue: "disk-full")
    /// A volume that should be served is not.
    package static let volumeDown = FindingCode(rawValue: "volume-down")
    /// A file service that should answer does not.
    package static let fileServiceDown = FindingCode(rawValue: "bucketfs-down")
    /// The newest backup of a database is too old, or there is none.
    package static let backupOverdue = FindingCode(rawValue: "backup-overdue")
    /// A backup of a database could not be used when that was tried.
    package static let drillFailed = FindingCode(rawValue: "drill-failed")
    /// Somebody who should be told what is wrong was not.
    package static let notificationFailing = FindingCode(rawValue: "notification-failing")
    /// What was to be done by itself failed the last time.
    package static let scheduleFailed = FindingCode(rawValue: "schedule-failed")
    /// A certificate ends soon, or has ended.
    package static let certificateEnding = FindingCode(rawValue: "certificate-ending")
    /// A license ends soon, has ended or is not there.
    package static let licenseEnding = FindingCode(rawValue: "license-ending")
    /// Several services of a node want the same port.
    package static let portContested = FindingCode(rawValue: "port-contested")
    /// Records of the audit log are missing or were altered.
    package static let auditDamaged = FindingCode(rawValue: "audit-damaged")
    /// Something does not follow the configuration on a node.
    package static let notFollowing = FindingCode(rawValue: "not-following")
}
