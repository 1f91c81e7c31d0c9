/// From where on something is a finding; each is a setting of the daemon.
package struct FindingThresholds: Sendable, Hashable {
    /// So much of a disk used is a warning, in percent.
    package var diskWarning = 85
    /// So much is critical, in percent.
    package var diskCritical = 92
    /// So old the newest backup of a database may be, in hours.
    package var backupHours = 26
    /// A certificate or license that ends within so many days is a warning.
    package var endWarningDays = 21
    /// Within so many days it is critical.
    package var endCriticalDays = 7
    /// For so long a node may not know all that was decided, in seconds.
    package var lagSeconds = 10

    /// As they are when nobody sets them.
    package init() {}
}
