import Access
import Application
import EXAConf
import Glibc
import HTTPServer
import JobEngine
import NodeAgent
import SQLiteStore

/// What the settings say of logging in, limits, places and history, in the words of the modules that hold to it.
extension DaemonSettings {
    /// Times and limits of logging in.
    var loginPolicy: LoginPolicy {
        var policy = LoginPolicy()
        policy.cacheLifetime = .seconds(self[\.cacheSeconds])
        policy.failureFloor = .milliseconds(self[\.failureMilliseconds])
        policy.sessionLifetime = .seconds(self[\.sessionSeconds])
        policy.sessionIdleLimit = .seconds(self[\.sessionIdleSeconds])
        policy.challengePatience = .seconds(self[\.challengeSeconds])
        policy.daemonUserID = Int(geteuid())
        policy.lockout.sparesLoopback = self[\.trustedProxies].isEmpty
        policy.certificatesGrantRoot = self[\.certificatesGrantRoot]
        return policy
    }

    /// What clients of the APIs may use up.
    var connectionLimits: ConnectionLimits {
        ConnectionLimits(connections: self[\.maxConnections], perAddress: self[\.maxConnectionsPerAddress])
    }

    /// Whose word counts for the address of a caller.
    var proxies: TrustedProxies {
        let ranges = self[\.trustedProxies]
        if ranges.isEmpty { return .none }
        return TrustedProxies { text in
            IPAddress(text).map { address in ranges.contains { $0.contains(address) } } ?? false
        }
    }

    /// From where on something is a finding.
    var findingThresholds: FindingThresholds {
        var thresholds = FindingThresholds()
        (thresholds.diskWarning, thresholds.diskCritical) = (self[\.diskWarning], self[\.diskCritical])
        thresholds.backupHours = self[\.backupHours]
        (thresholds.endWarningDays, thresholds.endCriticalDays) = (self[\.endWarningDays], self[\.endCriticalDays])
        thresholds.lagSeconds = self[\.lagSeconds]
        return thresholds
    }

    /// How much memory bodies of requests have.
    var memoryLimits: MemoryLimits {
        var limits = MemoryLimits()
        limits.total = self[\.bodyMemory]
        return limits
    }

    /// How many requests are let through.
    var rateLimits: RateLimits {
        var limits = RateLimits()
        limits.strangers = RateLimit(perSecond: self[\.requestsPerSecond], burst: self[\.requestsAtOnce])
        limits.waits = self[\.waits]
        limits.turns = self[\.turns]
        limits.underWay = self[\.requestsUnderWay]
        return limits
    }

    /// Where things of this node may lie: in the folders of the installation, and in those the operator lists.
    var placeRoots: PlaceRoots {
        var roots = PlaceRoots()
        roots.installation = InstallationRoot(root).directory
        roots.buckets = self[\.bucketRoots]
        roots.archives = self[\.archiveRoots]
        roots.archiveAddresses = self[\.archiveAddresses]
        return roots
    }

    /// What users of the cluster may do beyond the rights of their jobs.
    var policy: OperatorPolicy {
        var policy = OperatorPolicy()
        policy.roots = placeRoots
        // With 0 the system chooses one.
        policy.port = self[\.port] == 0 ? nil : self[\.port]
        policy.grants = self[\.exaadmGrants]
        return policy
    }

    /// How long ended jobs stay in the store.
    ///
    /// - Parameter folder: Where the store is.
    func retention(on folder: String) -> RetentionPolicy {
        var policy = RetentionPolicy()
        policy.age = Self.limit(self[\.keepSeconds]).map { .seconds($0) }
        policy.count = Self.limit(self[\.keepJobs])
        policy.bytes = (self[\.keepBytes] ?? StoreSpace(folder).measured?.bounds.history).flatMap(Self.limit)
        return policy
    }

    /// How long records of the audit log stay in the store.
    var auditKeeping: AuditKeeping {
        var keeping = AuditKeeping()
        keeping.age = Self.limit(self[\.auditKeepSeconds]).map { .seconds($0) }
        keeping.count = Self.limit(self[\.auditKeepRecords])
        return keeping
    }

    /// A number of which 0 means that there is no limit.
    private static func limit(_ number: Int) -> Int? { number > 0 ? number : nil }
}
