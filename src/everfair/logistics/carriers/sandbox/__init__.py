"""The client of the carrier sandbox (`everfair.logistics.sandbox`): an ordinary carrier over HTTP with signed webhooks."""
