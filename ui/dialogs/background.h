// Runs slow reading (previews, hashes) on a thread of its own and comes back to the GUI thread.
#pragma once

#include <QCoreApplication>
#include <QPointer>
#include <QThread>

#include <functional>
#include <memory>
#include <utility>

namespace crux::ui {

/// `body` runs on a new thread, `done` on the GUI thread unless `context` is gone by then. `body`
/// must own all it touches.
template <typename T>
void runInBackground(QObject* context, std::function<T()> body, std::function<void(T)> done) {
    QPointer<QObject> alive(context);
    QThread* thread = QThread::create([alive, body = std::move(body), done = std::move(done)] {
        auto result = std::make_shared<T>(body());
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [alive, done, result] {
                if (alive)
                    done(std::move(*result));
            },
            Qt::QueuedConnection);
    });
    QObject::connect(thread, &QThread::finished, thread, &QObject::deleteLater);
    thread->start();
}

} // namespace crux::ui
