# One image for every process of the Procfile: web unless another command is given.
# requirements.txt pins the versions, with hashes.
FROM python:3.13-slim-bookworm AS build
ENV PATH=/opt/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/
RUN pip install --require-hashes --only-binary :all: -r /tmp/requirements.txt
WORKDIR /srv/moviebooking
COPY . .
# The settings need a key; nothing is signed with this one.
RUN SECRET_KEY=only-to-collect-static-files python manage.py collectstatic --noinput \
    && python -m compileall -q /srv/moviebooking

FROM python:3.13-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PORT=8000
RUN useradd --system --uid 10001 --user-group --no-create-home moviebooking \
    && install -d -o moviebooking -g moviebooking /srv/moviebooking/media
WORKDIR /srv/moviebooking
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/moviebooking .
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/healthy.py"]
CMD ["gunicorn", "moviebooking.wsgi"]
