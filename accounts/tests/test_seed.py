"""The seed's own test, as it was written there."""

from django.contrib.auth import get_user_model
from django.test import TestCase

User = get_user_model()


class RegisterViewTests(TestCase):
    def test_register_creates_user(self):
        response = self.client.post('/accounts/register/', {
            'username': 'testuser',
            'password1': 'StrongPass123',
            'password2': 'StrongPass123',
        })
        self.assertEqual(User.objects.count(), 1)
        user = User.objects.first()
        self.assertTrue(user.check_password('StrongPass123'))
