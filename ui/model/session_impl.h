// State of a Session: private to session.cpp and session_shown.cpp.
#pragma once

#include "ui/model/session.h"
#include "ui/model/store_thread.h"
#include "ui/model/view_settings.h"
#include "ui/model/worker_client.h"

#include <QHash>
#include <QTimer>
#include <QUndoStack>

#include <atomic>
#include <functional>

namespace crux::ui {

/// State of the open project. GUI thread only, but for the two store threads, which only post.
struct Session::Impl {
    explicit Impl(Session& owner)
        : session(owner)
        , view(&owner)
        , worker(&owner)
        , undo(&owner)
        , reader(StoreThread::AtEnd::Drop, [this] { onGui([this] { session.refreshFacts(); }); })
        , writer(StoreThread::AtEnd::Drain, {}) {}

    /// Runs `body` on the GUI thread; dropped when the session is gone.
    void onGui(std::function<void()> body) {
        QMetaObject::invokeMethod(&bridge, std::move(body), Qt::QueuedConnection);
    }

    /// Runs `body`, again and again while the file is busy or its disk full: a label is not lost
    /// for that. Ends when the project is closed. Writer thread.
    Status patiently(const store::Project& project,
                     const std::function<Status(const store::Project&)>& body, int openedAs);

    Session& session;
    QObject bridge; ///< receiver of queued calls; dies after the threads that post to it
    ViewSettings view;
    WorkerClient worker;
    QUndoStack undo;

    bool open = false, isReadOnly = false, paneLive = false, factsAsked = false, factsAgain = false;
    /// Counts projects; replies for an earlier one are dropped. Read by the writer thread too.
    std::atomic<int> generation = 0;
    QString file;
    ProjectFacts facts;
    ScoreSetId scoreSet;
    RolloutSetId rolloutSet;

    SnapshotPtr current, pane;
    int cursor = -1;
    quint64 currentToken = 0, paneToken = 0; ///< newest request; replies of older ones are dropped
    TrajectoryId currentWanted, paneWanted;
    struct Shown {
        TrajectoryId current, pane;
        int cursor = -1;
    };
    std::optional<Shown> beforeDiff; ///< set while a diff is shown
    bool diffFresh = false;          ///< the cursor has still to go to the difference
    int cursorWanted = -1;           ///< of the trajectory on its way, -1: where it starts

    QHash<QString, QString> ui;
    QHash<QString, QString> uiDirty;
    QTimer uiTimer;

    StoreThread reader, writer; ///< last: joined first
};

} // namespace crux::ui
