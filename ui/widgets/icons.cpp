#include "ui/widgets/icons.h"

#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QSvgRenderer>

#include <memory>

// Q_INIT_RESOURCE must stand outside of namespaces.
static void initCruxResources() {
    Q_INIT_RESOURCE(crux);
    Q_INIT_RESOURCE(crux_i18n);
}

namespace crux::ui {

namespace {

constexpr int kLargeSize = 22;

/// Parsed drawings by resource path; a handful of small files, kept for the life of the program.
QSvgRenderer* rendererOf(const QString& path) {
    static QHash<QString, std::shared_ptr<QSvgRenderer>> s_renderers;
    auto found = s_renderers.find(path);
    if (found == s_renderers.end()) {
        QFile file(path);
        QByteArray svg;
        if (file.open(QIODevice::ReadOnly))
            svg = file.readAll();
        found = s_renderers.insert(path, std::make_shared<QSvgRenderer>(svg));
    }
    return (*found)->isValid() ? found->get() : nullptr;
}

QColor inkColour(IconInk ink, QIcon::Mode mode) {
    const QPalette palette = QGuiApplication::palette();
    if (mode == QIcon::Disabled)
        return palette.color(QPalette::Disabled, QPalette::WindowText);
    switch (ink) {
    case IconInk::Second:
        return palette.color(QPalette::Active, QPalette::PlaceholderText);
    case IconInk::OnAccent:
        return palette.color(QPalette::Active, QPalette::BrightText);
    case IconInk::Accent:
        return palette.color(QPalette::Active, QPalette::Link);
    case IconInk::Text:
        break;
    }
    return palette.color(QPalette::Active, QPalette::WindowText);
}

/// Draws the shape of one SVG file in a theme colour. Keeps names only, so it is cheap to copy.
class SymbolicEngine : public QIconEngine {
public:
    SymbolicEngine(const QString& name, IconInk ink)
        : m_name(name)
        , m_ink(ink) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const qreal scale = painter->device() ? painter->device()->devicePixelRatio() : 1.0;
        const QSize pixels = (QSizeF(rect.size()) * scale).toSize();
        QPixmap drawn = rendered(pixels, mode, rect.width());
        drawn.setDevicePixelRatio(scale);
        painter->drawPixmap(rect.topLeft(), drawn);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
        return rendered(size, mode, size.width());
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override {
        return rendered(size, mode, scale > 0 ? size.width() / scale : size.width());
    }
    QIconEngine* clone() const override { return new SymbolicEngine(m_name, m_ink); }
    QString key() const override { return QStringLiteral("CruxSymbolic"); }
    QString iconName() override { return m_name; }
    bool isNull() override { return !QFile::exists(path(16)); }

private:
    QString path(qreal logicalWidth) const {
        const QString large = QStringLiteral(":/icons/22/%1.svg").arg(m_name);
        if (logicalWidth >= kLargeSize && QFile::exists(large))
            return large;
        return QStringLiteral(":/icons/%1.svg").arg(m_name);
    }
    QPixmap rendered(const QSize& pixels, QIcon::Mode mode, qreal logicalWidth) const {
        QPixmap canvas(pixels);
        canvas.fill(Qt::transparent);
        QSvgRenderer* svg = rendererOf(path(logicalWidth));
        if (!svg || pixels.isEmpty())
            return canvas;
        QPainter painter(&canvas);
        svg->render(&painter, QRectF(QPointF(0, 0), QSizeF(pixels)));
        // The file gives the shape, the theme the colour.
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(canvas.rect(), inkColour(m_ink, mode));
        return canvas;
    }

    QString m_name;
    IconInk m_ink;
};

} // namespace

void initResources() {
    initCruxResources();
}

QIcon icon(const QString& name, IconInk ink) {
    static const bool s_ready = (initResources(), true);
    Q_UNUSED(s_ready);
    return QIcon(new SymbolicEngine(name, ink));
}

QStringList iconNames() {
    initResources();
    QStringList names;
    const QStringList files = QDir(QStringLiteral(":/icons"))
                                  .entryList({QStringLiteral("*.svg")}, QDir::Files, QDir::Name);
    for (const QString& file : files)
        names << file.chopped(4);
    return names;
}

} // namespace crux::ui
